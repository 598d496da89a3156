using System.Globalization;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.Bench.Line;

/// <summary>Many slides dropped at the same time.</summary>
internal static class AtOnce
{
    /// <summary>Drops copies of a slide under names of their own and waits for all of them.</summary>
    /// <param name="count">Copies.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="upload">Drops.</param>
    /// <param name="api">Tells.</param>
    /// <param name="handler">The handler's process.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public static async Task RunAsync(int count, SlideFile slide, SlideUpload upload, SlidesClient api, int handler, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("idc-at-once-");
        try
        {
            var copies = Enumerable.Range(0, count).Select(number => new SlideFile(Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{number:D4}-{slide.Name}")))).ToList();
            foreach (var copy in copies)
            {
                File.CreateSymbolicLink(copy.Path, Path.GetFullPath(slide.Path));
            }

            var started = TimeProvider.System.GetTimestamp();
            var told = new int[count];
            var reports = await Task.WhenAll(copies.Select(async (copy, number) =>
            {
                var (etag, _) = await upload.SendAsync(copy, static _ => { }, cancellationToken);
                return await api.WaitAsync(copy, etag, _ => told[number]++, cancellationToken);
            }));
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            var patches = reports.Sum(report => report.Patches ?? 0);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} slides at once: {reports.Count(report => report.IsComplete)} complete with {patches} patches in {seconds:0} s ({patches / seconds:0} patches/s); progress of {told.Count(times => times > 0)} was seen; handler's peak memory {ProcessMemory.PeakMegabytes(handler):0} MB"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
