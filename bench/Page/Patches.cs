using System.Globalization;
using System.Text.Json;
using NetVips;

namespace IdcFunctions.Bench.Page;

/// <summary>GET …/patches of a slide with many.</summary>
internal static class Patches
{
    private const int CellPixels = 50;
    private const int Rounds = 9;

    /// <summary>Measures the whole of it, page by page, and the handler's memory.</summary>
    public static async Task RunAsync(int count)
    {
        var columns = (int)Math.Ceiling(Math.Sqrt(count));
        var rows = (count + columns - 1) / columns;
        var path = Path.Combine(Path.GetTempPath(), $"idc-bench-patches-{columns}x{rows}.tif");
        using (var noise = Image.Gaussnoise(columns * CellPixels, rows * CellPixels, sigma: 25, mean: 180))
        using (var tissue = noise.Bandjoin([noise - 60, noise - 10]).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb))
        {
            tissue.Tiffsave(path, compression: Enums.ForeignTiffCompression.Jpeg, tile: true, tileWidth: 256, tileHeight: 256, xres: 250, yres: 250);
        }

        await using var site = await PageSite.StartAsync();
        var slide = await site.ScoreAsync(path);
        File.Delete(path);
        var address = $"api/slides/{slide.GetProperty("slideId").GetString()}/patches?top={count}";
        var (bytes, items) = await ReadAsync(site, address);
        var before = site.HandlerMegabytes;
        site.ForgetPeak();
        var timed = new Timed();
        for (var round = 0; round < Rounds; round++)
        {
            await timed.RunAsync(() => ReadAsync(site, address));
        }

        Console.WriteLine("| patches | bytes of JSON | ms, median | p95 | worst | handler's peak above what it had before, MB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {items} | {bytes} | {timed} | {site.HandlerPeakMegabytes - before:0} |"));
    }

    private static async Task<(long Bytes, int Items)> ReadAsync(PageSite site, string address)
    {
        var (bytes, items) = (0L, 0);
        for (string? continuation = ""; continuation is not null;)
        {
            var page = await site.Api.GetByteArrayAsync(continuation.Length == 0 ? address : $"{address}&continuation={continuation}");
            using var json = JsonDocument.Parse(page);
            (bytes, items) = (bytes + page.Length, items + json.RootElement.GetProperty("items").GetArrayLength());
            continuation = json.RootElement.GetProperty("continuation").GetString();
        }

        return (bytes, items);
    }
}
