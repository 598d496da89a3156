using System.Diagnostics;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Functions.Tests.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Telemetry;

/// <summary>One trace from the event to the result, through the queues themselves.</summary>
public sealed class SlideTracesTests(AzuriteFixture azurite)
{
    private const string Name = "Smith, John.svs";
    private static readonly SlideId Slide = SlideId.FromName(Name);
    private static readonly RunId Run = RunId.Parse("fedcba9876543210");

    private StorageClients Storage => AccountClients.Of(azurite.ConnectionString);

    [Fact]
    public async Task From_the_event_over_the_batch_to_the_completion_it_is_one_trace()
    {
        using var listener = Listen();
        var (queues, traces) = await MakeAsync();
        string batch, completion;

        using var tiling = traces.Start("TileSlide", $$"""{"subject":"/blobServices/default/containers/slides/blobs/{{Name}}"}""");
        await queues.SendScoreAsync(Slide, Run, 3, TestContext.Current.CancellationToken);
        batch = await ReceiveAsync(Queues.PatchBatches);
        tiling!.Stop();
        using var scoring = traces.Start("ScoreBatch", batch);
        await queues.SendCompleteAsync(Slide, Run, TestContext.Current.CancellationToken);
        completion = await ReceiveAsync(Queues.FinishedRuns);
        scoring!.Stop();
        using var completing = traces.Start("CompleteSlide", completion);

        Assert.Equal([tiling.TraceId, tiling.TraceId], [scoring.TraceId, completing!.TraceId]);
        Assert.Equal((tiling.SpanId, scoring.SpanId), (scoring.ParentSpanId, completing.ParentSpanId));
        Assert.Equal(default, tiling.ParentSpanId);
    }

    [Fact]
    public async Task A_span_tells_the_slides_reference_and_run_and_never_its_name()
    {
        using var listener = Listen();
        var (_, traces) = await MakeAsync();

        using var uploaded = traces.Start("TileSlide", $$"""{"subject":"/blobServices/default/containers/slides/blobs/{{Name}}"}""");
        using var batch = traces.Start("ScoreBatch", $$"""{"v":1,"slide":"{{Slide}}","run":"{{Run}}","batch":3}""");

        Assert.Equal(uploaded!.GetTagItem("slide_ref"), batch!.GetTagItem("slide_ref"));
        Assert.Matches("^[0-9a-f]{12}$", (string?)batch.GetTagItem("slide_ref"));
        Assert.Equal((Run.Value, 3), (batch.GetTagItem("run"), batch.GetTagItem("batch")));
        Assert.All(uploaded.TagObjects.Concat(batch.TagObjects), tag => Assert.DoesNotContain("Smith", $"{tag.Value}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"v":1,"slide":"a","run":"fedcba9876543210","traceparent":"nonsense"}""")]
    [InlineData("""{"v":1,"slide":"a","run":"fedcba9876543210","traceparent":7}""")]
    [InlineData("""{"v":1,"slide":"a","run":"fedcba9876543210"}""")]
    [InlineData("[1]")]
    [InlineData("no JSON")]
    public async Task A_message_that_names_no_span_begins_a_trace(string message)
    {
        using var listener = Listen();
        var (_, traces) = await MakeAsync();

        using var span = traces.Start("ScoreBatch", message);

        Assert.Equal(default, span!.ParentSpanId);
    }

    [Fact]
    public async Task Outside_a_functions_span_a_message_names_none()
    {
        var (queues, _) = await MakeAsync();

        await queues.SendTileAsync(Slide, Run, TestContext.Current.CancellationToken);

        Assert.Equal($$"""{"v":1,"slide":"{{Slide}}","run":"{{Run}}"}""", await ReceiveAsync(Queues.SlideUploads));
    }

    private async Task<(MessageQueues Queues, SlideTraces Traces)> MakeAsync()
    {
        var refs = new SlideRefs(Storage);
        await refs.LoadAsync(TestContext.Current.CancellationToken);
        return (new MessageQueues(Storage, TimeProvider.System), new SlideTraces(refs));
    }

    private async Task<string> ReceiveAsync(string queue)
    {
        var client = Storage.Queues.GetQueueClient(queue);
        var message = (await client.ReceiveMessageAsync(cancellationToken: TestContext.Current.CancellationToken)).Value;
        await client.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
        return message.Body.ToString();
    }

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SlideTraces.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
