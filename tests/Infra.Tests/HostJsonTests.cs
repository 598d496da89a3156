using System.Text.Json.Nodes;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

public sealed class HostJsonTests
{
    private static readonly JsonNode Host = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")))!;

    [Fact]
    public void Queues_are_read_as_the_design_says()
    {
        var expected = JsonNode.Parse("""
            {
              "batchSize": 4,
              "newBatchThreshold": 3,
              "visibilityTimeout": "00:00:20",
              "maxDequeueCount": 5,
              "maxPollingInterval": "00:00:00.500",
              "messageEncoding": "none"
            }
            """);

        Assert.Equal(expected!.ToJsonString(), Host["extensions"]!["queues"]!.ToJsonString());
    }

    [Fact]
    public void A_call_may_take_an_hour_and_a_start_two_minutes()
    {
        Assert.Equal("01:00:00", (string?)Host["functionTimeout"]);
        Assert.Equal("00:02:00", (string?)Host["customHandler"]!["initializationTimeout"]);
    }

    [Fact]
    public void The_handler_is_the_published_program_and_gets_http_as_it_came()
    {
        Assert.Equal("2.0", (string?)Host["version"]);
        Assert.Equal(typeof(Functions.Hosting.QueueEnvelope).Assembly.GetName().Name, (string?)Host["customHandler"]!["description"]!["defaultExecutablePath"]);
        Assert.True((bool)Host["customHandler"]!["enableForwardingHttpRequest"]!);
        Assert.Equal("", (string?)Host["extensions"]!["http"]!["routePrefix"]);
    }

    [Fact]
    public void The_host_logs_no_request_whose_address_would_name_a_slide()
    {
        var levels = Host["logging"]!["logLevel"]!.AsObject();

        Assert.Equal("Warning", (string?)levels["default"]);
        Assert.Equal(["Host.Function.Console", "Host.Startup"], levels.Select(level => level.Key).Where(key => key != "default").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_extension_bundle_is_a_fourth_one()
    {
        Assert.Equal("Microsoft.Azure.Functions.ExtensionBundle", (string?)Host["extensionBundle"]!["id"]);
        Assert.Equal("[4.*, 5.0.0)", (string?)Host["extensionBundle"]!["version"]);
    }
}
