using System.Net;
using System.Text;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What can't be done says so in the slide's row, and can be done again.</summary>
public sealed class FailureTests
{
    private const string Name = "fails.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(900, 700, 4, 21).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_message_of_garbage_in_each_queue_is_kept_and_harms_nothing()
    {
        await using var line = await Line.StartAsync();
        foreach (var queue in Queues.Triggering.SelectMany(queue => new[] { queue, queue + Queues.PoisonSuffix }))
        {
            await line.SendAsync(queue, $"garbage for {queue}");
        }

        await line.WaitUntilIdleAsync();
        var kept = new List<string>();
        await foreach (var blob in line.Container(Containers.Poison).GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            kept.Add(Encoding.UTF8.GetString((await line.FindBlobAsync(Containers.Poison, blob.Name))!));
        }

        Assert.Equal(
            Queues.Triggering.SelectMany(queue => new[] { queue, queue + Queues.PoisonSuffix }).Select(queue => $"garbage for {queue}").Order(StringComparer.Ordinal),
            kept.Order(StringComparer.Ordinal));
        await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, Slide));
    }

    [Theory]
    [InlineData("a/../b.tif")]
    [InlineData("./a.tif")]
    [InlineData("folder/")]
    [InlineData("dot.tif.")]
    public async Task A_name_that_a_url_would_change_is_refused_with_a_reason(string name)
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });

        await line.SendEventAsync(name);
        var failed = await line.WaitForAsync(name, nameof(RunState.Failed));

        Assert.Equal("name-refused", failed.GetProperty("failureCode").GetString());
        Assert.Contains(name, failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Queues.PatchBatches)]
    [InlineData(Queues.PatchBatches + Queues.PoisonSuffix)]
    public async Task A_message_of_a_newer_schema_is_put_back_and_not_put_away(string name)
    {
        await using var line = await Line.StartAsync(new LineOptions { IsCounted = true });

        await line.SendAsync(name, """{"v":99,"later":true}""");
        await Eventually.HoldsAsync(() => line.Log, () => Task.FromResult(line.Proxy!.Requests.Any(request => request.StartsWith("POST ", StringComparison.Ordinal) && request.EndsWith($"/{name}/messages", StringComparison.Ordinal))));
        var queue = line.Queues.GetQueueClient(name);
        await Eventually.HoldsAsync(() => line.Log, async () => (await queue.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value.Length == 0
                && (await queue.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount == 1);

        Assert.Empty(await line.BlobNamesAsync(Containers.Poison));
        Assert.All(
            await Task.WhenAll(Queues.Triggering.SelectMany(other => new[] { other, other + Queues.PoisonSuffix }).Where(other => other != name).Select(async other =>
                (await line.Queues.GetQueueClient(other).GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount)),
            static count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task Without_an_active_model_the_app_starts_says_so_and_a_slide_waits_for_activate_and_retry()
    {
        await using var line = await Line.StartAsync();
        var token = TestContext.Current.CancellationToken;
        await line.Container(Containers.Models).DeleteBlobAsync(BlobNames.ActiveModel, cancellationToken: token);

        using var ready = await line.Api.GetAsync("health/ready", token);
        using var live = await line.Api.GetAsync("health/live", token);
        var etag = await line.DropAsync(Name, Slide);
        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed));
        using var activated = await line.Api.PostAsync("api/models/toy/1.0.0/activate", null, token);
        using var retried = await line.PostAsync(Name, "retry");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal("no-active-model", failed.GetProperty("failureCode").GetString());
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
    }

    [Fact]
    public async Task An_app_that_is_not_ready_tells_its_queues_and_what_is_poisoned()
    {
        await using var line = await Line.StartAsync();
        var token = TestContext.Current.CancellationToken;
        await line.Container(Containers.Models).DeleteBlobAsync(BlobNames.ActiveModel, cancellationToken: token);

        // Nobody reads this queue here.
        await line.SendAsync(Queues.TrainingRuns, "{}");

        using var answer = await line.Api.GetAsync("health/ready", token);
        using var ready = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(token));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("not ready", ready.RootElement.GetProperty("status").GetString());
        Assert.Equal(1, ready.RootElement.GetProperty("queues").GetProperty(Queues.TrainingRuns).GetProperty("messages").GetInt32());
        Assert.Equal(
            Queues.Triggering.Select(queue => queue + Queues.PoisonSuffix),
            ready.RootElement.GetProperty("poisoned").EnumerateObject().Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_model_whose_file_was_changed_is_refused_everywhere()
    {
        await using var line = await Line.StartAsync();
        var token = TestContext.Current.CancellationToken;
        var model = new ToyModel("3.0.0");
        await model.PublishAsync(line.ConnectionString, token);
        await line.Container(Containers.Models).GetBlobClient(BlobNames.ModelFile("toy", "3.0.0", "model.onnx"))
            .UploadAsync(BinaryData.FromBytes([.. model.Onnx, 0]), overwrite: true, token);

        using var refused = await line.Api.PostAsync("api/models/toy/3.0.0/activate", null, token);
        await model.ActivateAsync(line.ConnectionString, token);
        using var ready = await line.Api.GetAsync("health/ready", token);
        await line.DropAsync(Name, Slide);
        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed));

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("SHA-256", await refused.Content.ReadAsStringAsync(token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("model-refused", failed.GetProperty("failureCode").GetString());
        Assert.Equal("score", failed.GetProperty("failedStep").GetString());
    }

    [Fact]
    public async Task A_batch_that_can_not_be_scored_fails_its_slide_and_retry_does_only_the_rest()
    {
        var options = new LineOptions { WatchesUploads = false };
        await using var line = await Line.StartAsync(options with { Settings = options.Settings.Add("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:01") });
        var token = TestContext.Current.CancellationToken;
        var etag = await line.DropAsync(Name, Slide);

        // Scores of a newer program, put there before this one could: the first writer wins.
        var run = await RunOfAsync(line);
        var scores = line.Container(Containers.Results).GetBlobClient(BlobNames.BatchScores(SlideId.FromName(Name), RunId.Parse(run), 1));
        await scores.UploadAsync(BinaryData.FromBytes([.. "IDCS"u8, 99, .. new byte[15]]), token);
        await line.SendEventAsync(Name);
        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed), etag);

        Assert.Equal("score", failed.GetProperty("failedStep").GetString());
        Assert.Contains("upgrade the program", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);

        await line.WaitUntilIdleAsync();
        var others = (await line.RowsAsync(Tables.Batches)).ToDictionary(row => row.RowKey, row => row.ETag);
        await scores.DeleteAsync(cancellationToken: token);
        using var retried = await line.PostAsync(Name, "retry");
        await line.WaitForAsync(Name, nameof(RunState.Complete), etag, run);
        await line.WaitUntilIdleAsync();
        var after = (await line.RowsAsync(Tables.Batches)).ToDictionary(row => row.RowKey, row => row.ETag);
        Assert.Equal(others.Count + 1, after.Count);
        Assert.All(others, batch => Assert.Equal(batch.Value, after[batch.Key]));
        Assert.Empty(await line.RowsAsync(Tables.OpenRuns));
    }

    [Fact]
    public async Task Torn_scores_are_replaced()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var etag = await line.DropAsync(Name, Slide);
        var scores = line.Container(Containers.Results).GetBlobClient(BlobNames.BatchScores(SlideId.FromName(Name), RunId.Parse(await RunOfAsync(line)), 1));
        await scores.UploadAsync(BinaryData.FromBytes([1, 2, 3]), TestContext.Current.CancellationToken);

        await line.SendEventAsync(Name);

        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
    }

    [Fact]
    public async Task Packed_patches_without_a_plan_are_replaced()
    {
        await using var line = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        var etag = await line.DropAsync(Name, Slide);
        var packed = line.Container(Containers.Patches).GetBlobClient(BlobNames.PackedBatch(SlideId.FromName(Name), RunId.Parse(await RunOfAsync(line)), 1));
        await packed.UploadAsync(BinaryData.FromBytes([1, 2, 3]), TestContext.Current.CancellationToken);

        await line.SendEventAsync(Name);

        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
    }

    [Fact]
    public async Task A_slide_that_did_not_fail_can_not_be_retried()
    {
        await using var line = await Line.StartAsync();
        await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, Slide));

        using var answer = await line.PostAsync(Name, "retry");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("urn:idcfunctions:not-failed", problem.RootElement.GetProperty("type").GetString());
    }

    /// <summary>The run that the dropped slide will have: its id follows from the settings.</summary>
    private static async Task<string> RunOfAsync(Line line)
    {
        var properties = (await line.Container(Containers.Slides).GetBlobClient(Name).GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
        var model = new ToyModel("1.0.0").Manifest;
        return new RunSettings(
            Name,
            properties.ETag.ToString(),
            properties.ContentLength,
            model.ModelName,
            model.ModelVersion,
            model.Onnx.Sha256,
            new TilingSettings(null, 4, 50, 50, null, false, "box", new Tiling.TilingOptions().MinTissueFraction, 16, Tiling.TilingVersion.Current),
            "").ToRunId().Value;
    }
}
