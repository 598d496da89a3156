using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>The app's API, as the command needs it.</summary>
public sealed class SlidesClient(Uri address) : IDisposable
{
    /// <summary>What the app calls a slide that is deleted, and one whose purge has begun.</summary>
    internal const string Deleted = "Deleted", Purging = "Purging";

    private static readonly TimeSpan ShortInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(1);

    private readonly HttpClient client = Connect(address, TimeSpan.FromMinutes(2));

    /// <summary>A client of the app's API, with the header without which the app refuses whatever changes something.</summary>
    /// <param name="address">The app's address.</param>
    /// <param name="timeout">How long an answer may take.</param>
    public static HttpClient Connect(Uri address, TimeSpan timeout) => new()
    {
        BaseAddress = address,
        Timeout = timeout,
        DefaultRequestHeaders = { { "X-Requested-With", "idc" } },
    };

    /// <summary>Waits until the slide's content is complete, failed or deleted, or is no longer the slide's.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="etag">Its content.</param>
    /// <param name="isStored">Whether storage still holds this content.</param>
    /// <param name="tell">Gets what the app is doing.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<SlideReport> WaitAsync(
        SlideFile slide,
        ETag etag,
        Func<CancellationToken, Task<bool>> isStored,
        Action<string> tell,
        CancellationToken cancellationToken)
    {
        var interval = ShortInterval;
        while (true)
        {
            using var answer = await FindAsync(slide.Id, cancellationToken);
            var report = answer?.Deserialize<SlideReport>(JsonSerializerOptions.Web);
            if (report?.Etag == etag.ToString())
            {
                switch (report.Status)
                {
                    case nameof(RunState.Complete) or nameof(RunState.Failed):
                        return report.OfItsContent();
                    case Deleted:
                        var deleted = new SlideFailure(
                            FailureSteps.Upload,
                            "slide-deleted",
                            $"{slide.Name}: the slide is deleted.",
                            "Restore it on the app's page, then score it again.");
                        return SlideReport.Refused(slide, deleted) with { Status = Deleted };
                    case Purging:
                        var purging = new SlideFailure(
                            FailureSteps.Upload,
                            "slide-purged",
                            $"{slide.Name}: the slide was deleted and is being taken away for good.",
                            "Score it again in a minute: it is then uploaded anew.");
                        return SlideReport.Refused(slide, purging) with { Status = Deleted };
                }

                var progress = answer!.Deserialize<SlideProgress>(JsonSerializerOptions.Web)!;
                tell(report.Status switch
                {
                    nameof(RunState.Scoring) when progress.Batches is { } batches => $"scoring {progress.BatchesDone} of {batches} batches",
                    nameof(RunState.Tiling) => "tiling",
                    _ => "waiting",
                });
            }
            else if (!await isStored(cancellationToken))
            {
                return SlideReport.Refused(slide, new SlideFailure(
                    FailureSteps.Upload,
                    "slide-replaced",
                    $"{slide.Name}: while its result was waited for, "
                    + "the slide was deleted or other content was uploaded under its name.",
                    "Score it again, or rename one of two different slides of this name."));
            }
            else
            {
                tell("waiting");
            }

            await Task.Delay(interval, cancellationToken);
            interval = interval < LongInterval ? interval * 1.2 : LongInterval;
        }
    }

    /// <summary>True where the app has failed on this content before.</summary>
    public async Task<bool> HasFailedAsync(SlideFile slide, ETag etag, CancellationToken cancellationToken) =>
        await FindAsync(slide.Id, cancellationToken) is { } answer
        && answer.Deserialize<SlideReport>(JsonSerializerOptions.Web) is { Status: nameof(RunState.Failed) } report
        && report.Etag == etag.ToString();

    /// <summary>Asks to try again what failed.</summary>
    public async Task RetryAsync(SlideFile slide, CancellationToken cancellationToken)
    {
        using var answer = await client.PostAsync($"api/slides/{slide.Id}/retry", null, cancellationToken);

        // 409: another caller was first, and it is no longer failed.
        if (answer.StatusCode != HttpStatusCode.Conflict)
        {
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Files of a complete slide, of the run that was reported.</summary>
    /// <exception cref="SlideRefusedException">They are no longer there: the slide was deleted since, or has another result.</exception>
    public async Task<IReadOnlyList<byte[]>> GetExportsAsync(SlideReport report, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var contents = new List<byte[]>();
        foreach (var file in files)
        {
            using var answer = await client.GetAsync($"api/slides/{report.SlideId}/exports/{file}", cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                throw ResultGone(report);
            }

            answer.EnsureSuccessStatusCode();
            contents.Add(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }

        // A result is never taken back: where it still is this one, all files were its own.
        using var slide = await FindAsync(SlideId.FromName(report.Slide), cancellationToken);
        return slide?.RootElement.GetProperty("result") is { ValueKind: JsonValueKind.Object } result
            && result.GetProperty("run").GetString() == report.Run
                ? contents
                : throw ResultGone(report);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static SlideRefusedException ResultGone(SlideReport report) => new(new SlideFailure(
        FailureSteps.Complete,
        "result-gone",
        $"{report.Slide}: it was scored, but before its files were fetched it was deleted, or got another result.",
        "Score it again."));

    private async Task<JsonDocument?> FindAsync(SlideId slide, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync($"api/slides/{slide}", cancellationToken);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            // 500: the handler has just died. The host starts it again, or ends with the reason.
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonDocument>(cancellationToken);
    }
}
