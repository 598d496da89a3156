using System.Collections.Concurrent;
using System.Globalization;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Bench.Page;

/// <summary>Deep zoom tiles of a large slide: cold, warm, and for many viewers at once; beside OpenSlide's example server on the same slide.</summary>
internal static class DeepZoom
{
    private const int LowestLevel = 8;
    private const int Tiles = 400;
    private const int Viewers = 20;
    private const int TilesOfViewer = 60;
    private const int AtOnceOfViewer = 6;
    private const int Seed = 8867;

    /// <summary>Measures one slide.</summary>
    /// <param name="path">The slide.</param>
    /// <param name="withOpenSlide">True to measure OpenSlide's server too, in alternation.</param>
    public static async Task RunAsync(string path, bool withOpenSlide)
    {
        var folder = Directory.CreateTempSubdirectory("idc-bench-page-");
        try
        {
            await using var site = await PageSite.StartAsync(folder.FullName);
            var slide = await site.ScoreAsync(path);
            var id = slide.GetProperty("slideId").GetString();
            var size = slide.GetProperty("result").GetProperty("properties");
            var pyramid = new DeepZoomPyramid(size.GetProperty("width").GetInt64(), size.GetProperty("height").GetInt64());

            // Below it the app draws nothing: too many pixels would have to be read for one tile. Nor does the page ask.
            using var description = await site.Api.GetAsync(new Uri($"api/slides/{id}/deepzoom.dzi", UriKind.Relative));
            var lowest = Math.Max(LowestLevel, int.Parse(description.EnsureSuccessStatusCode().Headers.GetValues("Idc-Lowest-Level").Single(), CultureInfo.InvariantCulture));
            await using var other = withOpenSlide ? await OpenSlideServer.StartAsync(path) : null;
            var random = new Random(Seed);
            var tiles = Enumerable.Range(0, Tiles).Select(_ => Any(random, pyramid, lowest)).Distinct().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {new FileInfo(path).Length} bytes, {pyramid.Width} × {pyramid.Height} px; {tiles.Count} tiles of all levels, one request at a time"));
            Console.WriteLine("| server | tiles | ms, median | p95 | worst |");
            Console.WriteLine("|---|---|---|---|---|");

            // Our cold tiles are none that was asked for before; OpenSlide's keep nothing but a few decoded ones.
            var (cold, warm, theirs) = (new Timed(), new Timed(), new Timed());
            foreach (var tile in tiles)
            {
                await cold.RunAsync(() => site.Api.GetByteArrayAsync(Address(id!, tile)));
                if (other is not null)
                {
                    await theirs.RunAsync(() => other.Client.GetByteArrayAsync(OpenSlideServer.Address(tile)));
                }
            }

            foreach (var tile in tiles)
            {
                await warm.RunAsync(() => site.Api.GetByteArrayAsync(Address(id!, tile)));
            }

            Console.WriteLine($"| ours, cold | {cold.Count} | {cold} |");
            Console.WriteLine($"| ours, warm | {warm.Count} | {warm} |");
            if (other is not null)
            {
                Console.WriteLine($"| OpenSlide's example server | {theirs.Count} | {theirs} |");
            }

            site.ForgetPeak();
            await ViewersAsync("ours", site.Api, tile => Address(id!, tile), pyramid, lowest);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"handler's peak memory meanwhile: {site.HandlerPeakMegabytes:0} MB; decoders are processes of their own"));
            if (other is not null)
            {
                await ViewersAsync("OpenSlide's example server", other.Client, OpenSlideServer.Address, pyramid, lowest);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Viewers that each look at a place, zoom in and pan: tiles side by side, some at once.</summary>
    private static async Task ViewersAsync(string server, HttpClient client, Func<Tile, string> address, DeepZoomPyramid pyramid, int lowest)
    {
        var timed = new Timed();
        var failures = new ConcurrentBag<string>();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Viewers).Select(async viewer =>
        {
            var random = new Random(Seed + viewer + 1);
            var path = Enumerable.Range(0, TilesOfViewer / AtOnceOfViewer).SelectMany(_ => Screen(random, pyramid, lowest)).Take(TilesOfViewer);
            await Parallel.ForEachAsync(path, new ParallelOptions { MaxDegreeOfParallelism = AtOnceOfViewer }, async (tile, token) =>
            {
                using var answer = await timed.RunAsync(() => client.GetAsync(new Uri(address(tile), UriKind.Relative), token));
                if (!answer.IsSuccessStatusCode)
                {
                    failures.Add($"{answer.StatusCode}");
                }
            });
        }));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server}, {Viewers} viewers at once: {timed.Count} tiles in {seconds:0.0} s ({timed.Count / seconds:0}/s), {failures.Count} errors; ms median | p95 | worst: {timed}"));
    }

    /// <summary>Six tiles side by side, 3 × 2.</summary>
    private static IEnumerable<Tile> Screen(Random random, DeepZoomPyramid pyramid, int lowest)
    {
        var corner = Any(random, pyramid, lowest);
        return from step in Enumerable.Range(0, AtOnceOfViewer)
               let tile = corner with { Column = corner.Column + (step % 3), Row = corner.Row + (step / 3) }
               where pyramid.RegionOf(tile.Level, tile.Column, tile.Row) is not null
               select tile;
    }

    private static Tile Any(Random random, DeepZoomPyramid pyramid, int lowest)
    {
        var level = random.Next(lowest, pyramid.HighestLevel + 1);
        var side = DeepZoomPyramid.TileSide * pyramid.DownsampleOf(level);
        return new Tile(level, random.Next((int)((pyramid.Width - 1) / side) + 1), random.Next((int)((pyramid.Height - 1) / side) + 1));
    }

    private static string Address(string id, Tile tile) => string.Create(CultureInfo.InvariantCulture, $"api/slides/{id}/deepzoom_files/{tile.Level}/{tile.Column}_{tile.Row}.jpeg");
}
