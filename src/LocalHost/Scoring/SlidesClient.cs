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
    private static readonly TimeSpan ShortInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(1);

    private readonly HttpClient client = Connect(address, TimeSpan.FromMinutes(2));

    /// <summary>A client of the app's API, with the header without which the app refuses whatever changes something.</summary>
    /// <param name="address">The app's address.</param>
    /// <param name="timeout">How long an answer may take.</param>
    public static HttpClient Connect(Uri address, TimeSpan timeout) => new() { BaseAddress = address, Timeout = timeout, DefaultRequestHeaders = { { "X-Requested-With", "idc" } } };

    /// <summary>Waits until the slide's content <paramref name="etag"/> is complete or failed.</summary>
    public async Task<SlideReport> WaitAsync(SlideFile slide, ETag etag, Action<string> tell, CancellationToken cancellationToken)
    {
        var interval = ShortInterval;
        while (true)
        {
            if (await FindAsync(slide.Id, cancellationToken) is { } answer)
            {
                var report = answer.Deserialize<SlideReport>(JsonSerializerOptions.Web)!;
                if (report.Etag == etag.ToString() && report.Status is nameof(RunState.Complete) or nameof(RunState.Failed))
                {
                    return report;
                }

                var progress = answer.Deserialize<SlideProgress>(JsonSerializerOptions.Web)!;
                tell(report.Status switch
                {
                    nameof(RunState.Scoring) when progress.Batches is { } batches => $"scoring {progress.BatchesDone} of {batches} batches",
                    nameof(RunState.Tiling) => "tiling",
                    _ => "waiting",
                });
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

    /// <summary>A file of the published run.</summary>
    public async Task<byte[]> GetExportAsync(string slideId, string file, CancellationToken cancellationToken) =>
        await client.GetByteArrayAsync($"api/slides/{slideId}/exports/{file}", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

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
