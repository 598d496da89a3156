using System.Globalization;
using Azure;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.Bench.Line;

/// <summary>Many slides at the same time.</summary>
internal static class AtOnce
{
    /// <summary>Puts copies of a slide under names of their own into storage, then lets all their events come at once and waits for all results.</summary>
    /// <param name="count">Copies.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="upload">Puts them there.</param>
    /// <param name="watcher">Sends their events.</param>
    /// <param name="api">Tells.</param>
    /// <param name="handler">The handler's process.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public static async Task RunAsync(int count, SlideFile slide, SlideUpload upload, UploadWatcher watcher, SlidesClient api, int handler, CancellationToken cancellationToken)
    {
        using var folder = new DataFolder();
        var copies = Enumerable.Range(0, count).Select(number => new SlideFile(Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"{number:D4}-{slide.Name}")))).ToList();
        foreach (var copy in copies)
        {
            File.CreateSymbolicLink(copy.Path, Path.GetFullPath(slide.Path));
        }

        // Before the first event, so that no upload's buffers are counted as the host's.
        var etags = new List<ETag>();
        foreach (var copy in copies)
        {
            etags.Add((await upload.SendAsync(copy, static _ => { }, cancellationToken)).Etag);
        }

        GC.Collect();
        var memory = new MemoryOverTime(handler);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var watching = Task.WhenAll(watcher.RunAsync(done.Token), memory.WatchAsync(done.Token));
        var told = new int[count];
        var reports = await Task.WhenAll(copies.Select((copy, number) => api.WaitAsync(copy, etags[number], waiting => upload.IsStoredAsync(copy, etags[number], waiting), _ => told[number]++, cancellationToken)));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var patches = reports.Sum(report => report.Patches ?? 0);
        await done.CancelAsync();
        await watching;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} slides of {new FileInfo(slide.Path).Length / 1e6:0} MB at once: {reports.Count(report => report.IsComplete)} complete with {patches} patches in {seconds:0} s ({patches / seconds:0} patches/s); progress of {told.Count(times => times > 0)} was seen; handler's peak memory {ProcessMemory.PeakMegabytes(handler):0} MB"));
        foreach (var line in memory.Table())
        {
            Console.WriteLine(line);
        }
    }
}
