using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

public sealed class FunctionAppTests
{
    [Fact]
    public void Settings_go_over_host_json()
    {
        using var app = new ScriptedApp
        {
            HostSettings = { ["functionTimeout"] = "00:05:00", ["customHandler:initializationTimeout"] = "00:00:07", ["extensions:queues:batchSize"] = "3", ["extensions:queues:visibilityTimeout"] = "00:00:20" },
        };

        var loaded = app.Load();

        Assert.Equal(TimeSpan.FromMinutes(5), loaded.FunctionTimeout);
        Assert.Equal(TimeSpan.FromSeconds(7), loaded.InitializationTimeout);
        Assert.Equal((3, TimeSpan.FromSeconds(20), 5), (loaded.Queues.BatchSize, loaded.Queues.VisibilityTimeout, loaded.Queues.MaxDequeueCount));
    }

    [Theory]
    [InlineData("extensions:queues:batchSize", "33")]
    [InlineData("extensions:queues:batchSize", "0")]
    [InlineData("extensions:queues:batchSize", "many")]
    [InlineData("extensions:queues:newBatchThreshold", "-1")]
    [InlineData("extensions:queues:maxDequeueCount", "0")]
    [InlineData("extensions:queues:maxPollingInterval", "00:00:00.099")]
    [InlineData("extensions:queues:visibilityTimeout", "soon")]
    [InlineData("functionTimeout", "-1")]
    [InlineData("customHandler:initializationTimeout", "00:00:00")]
    public void A_value_out_of_its_range_refuses_the_start_and_is_named(string path, string value)
    {
        using var app = new ScriptedApp { HostSettings = { [path] = value } };

        var refused = Assert.Throws<InvalidDataException>(app.Load);

        Assert.Contains($"{path.Replace(':', '.')} is '{value}'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Base64_messages_are_not_this_host_s()
    {
        using var app = new ScriptedApp { HostSettings = { ["extensions:queues:messageEncoding"] = "base64" } };

        Assert.Contains("messageEncoding must be none", Assert.Throws<InvalidDataException>(app.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"blobTrigger","name":"b"}""", "blobTrigger")]
    [InlineData("""{"type":"queueTrigger","name":"msg"}""", "queueName")]
    [InlineData("""{"type":"queueTrigger","name":"msg","queueName":"q","dataType":"binary"}""", "binary")]
    [InlineData("{", "function.json")]
    public void A_function_that_this_host_does_not_know_refuses_the_start(string trigger, string named)
    {
        using var app = new ScriptedApp().With("odd", trigger);

        Assert.Contains(named, Assert.Throws<InvalidDataException>(app.Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_host_json_is_no_function_app()
    {
        var folder = Directory.CreateTempSubdirectory("idc-test-");

        Assert.Contains("no host.json", Assert.Throws<InvalidDataException>(() => FunctionApp.Load(folder.FullName, new Dictionary<string, string>())).Message, StringComparison.Ordinal);
        folder.Delete();
    }

    [Fact]
    public void The_app_s_own_functions_are_read()
    {
        var loaded = FunctionApp.Load(Path.Combine(Path.GetDirectoryName(Programs.Idc)!, "app"), new Dictionary<string, string>());

        Assert.Equal(["ScoreBatch", "TileSlide"], loaded.QueueTriggers.Select(trigger => trigger.Function).Where(function => function is "TileSlide" or "ScoreBatch"));
        Assert.NotEmpty(loaded.HttpTriggers);
        Assert.Equal("SweepRuns", Assert.Single(loaded.TimerTriggers).Function);
        Assert.True(File.Exists(loaded.Executable));
    }
}
