using System.Net;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using Microsoft.AspNetCore.Http;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Storage that does not answer for longer than a call is patient fails no run.</summary>
public sealed class OutageTests(FaultyLine faulty) : IClassFixture<FaultyLine>, IDisposable
{
    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 91).ToLibvipsPyramid(4);

    private readonly Line line = faulty.Line;

    /// <summary>No fault outlives its test.</summary>
    public void Dispose() => line.Proxy!.Fault = null;

    [Theory]
    [InlineData("hung.tif", "/patches/", true)]
    [InlineData("busy.tif", "/Failures", false)]
    [InlineData("late.tif", "/finished-runs/", false)]
    public async Task A_run_whose_storage_does_not_answer_is_left_to_the_sweep(string name, string path, bool hangs)
    {
        await line.DropAsync(name, Slide);
        var said = line.Log.Length;
        line.Proxy!.Fault = context => context.Request.Method != "PUT" && context.Request.Path.Value!.Contains(path, StringComparison.Ordinal)
            ? FailAsync(context, hangs)
            : Task.FromResult(false);

        await line.SendEventAsync(name);
        await Eventually.HoldsAsync(() => line.Log, () => Task.FromResult(line.Log[said..].Contains("left to the sweep", StringComparison.Ordinal)));
        await line.WaitUntilIdleAsync();
        var status = await line.StatusAsync(name);
        line.Proxy.Fault = null;
        await line.SweepUntilAsync(async () => await line.StatusAsync(name) == nameof(RunState.Complete));

        Assert.Contains(status, new[] { nameof(RunState.Tiling), nameof(RunState.Scoring) });
    }

    /// <summary>It was once told as a failure of the app.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_is_told_that_storage_does_not_answer(bool hangs)
    {
        line.Proxy!.Fault = context => context.Request.Path.Value!.Contains("/Slides(", StringComparison.Ordinal) ? FailAsync(context, hangs) : Task.FromResult(false);

        using var answer = await line.Api.GetAsync("api/slides/asked.tif", TestContext.Current.CancellationToken);

        await Problem.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, "storage-unavailable");
    }

    [Fact]
    public async Task An_event_that_nothing_can_be_decided_for_is_put_back()
    {
        await line.DropAsync("undecided.tif", Slide);
        var said = line.Log.Length;
        line.Proxy!.Fault = context => context.Request.Path.Value!.Contains("/Slides(", StringComparison.Ordinal) ? FailAsync(context, hangs: false) : Task.FromResult(false);

        await line.SendEventAsync("undecided.tif");
        await Eventually.HoldsAsync(() => line.Log, () => Task.FromResult(line.Log[said..].Contains("is put back", StringComparison.Ordinal)));
        var queue = line.Queues.GetQueueClient(Queues.SlideUploads);
        await Eventually.HoldsAsync(() => line.Log, async () => (await queue.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount == 1);

        Assert.Empty((await queue.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value);
        line.Proxy.Fault = null;
        await queue.ClearMessagesAsync(TestContext.Current.CancellationToken);
        await line.SendEventAsync("undecided.tif");
        await line.WaitForAsync("undecided.tif", nameof(RunState.Complete));
    }

    private static async Task<bool> FailAsync(HttpContext context, bool hangs)
    {
        if (hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return true;
    }
}
