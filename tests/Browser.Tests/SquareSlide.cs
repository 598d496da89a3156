using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Slides;
using NetVips;

namespace IdcFunctions.Browser.Tests;

/// <summary>
/// A slide of 6,000 × 4,800 px at 0.5 µm/px, 15 × 12 cells: pink tissue, and on it a dark square that covers 4 × 4 whole
/// cells, which the toy model calls IDC.
/// </summary>
internal static class SquareSlide
{
    public const int CellPixels = 400;
    public const int Columns = 15;
    public const int Rows = 12;
    public const int Left = 5 * CellPixels;
    public const int Top = 4 * CellPixels;
    public const int Cells = 16;

    /// <summary>Scores the slide under a name, unless it is scored already.</summary>
    public static async Task<string> ScoreAsync(Site site, string name)
    {
        var id = SlideId.FromName(name).Value;
        await using (var opened = await site.OpenAsync())
        {
            if ((await site.FindAsync(id))?.GetProperty("status").GetString() != "Complete")
            {
                await opened.DropAsync(name, ToTiff());
                await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Complete");
            }
        }

        return id;
    }

    /// <summary>Scores a part of the slide under a name, and nothing around it; skips the running test where there is no browser.</summary>
    /// <param name="site">Where.</param>
    /// <param name="name">The slide's name.</param>
    /// <param name="region">Left, top, width and height in level-0 pixels.</param>
    public static async Task<string> ScoreRegionAsync(Site site, string name, string region)
    {
        var id = SlideId.FromName(name).Value;
        var slide = ToTiff();
        await (await site.OpenAsync()).DisposeAsync();
        using var request = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { name, length = slide.Length, replaces = true })) { Headers = { { "Content-Type", "application/json" } } };
        using var asked = await site.Api.PostAsync("api/uploads", request, TestContext.Current.CancellationToken);
        var address = (await asked.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("address").GetString()!;
        using var storage = new HttpClient();
        using var content = new ByteArrayContent(slide) { Headers = { { "x-ms-blob-type", "BlockBlob" }, { "x-ms-meta-region", region } } };
        using var put = await storage.PutAsync(address, content, TestContext.Current.CancellationToken);
        put.EnsureSuccessStatusCode();
        await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Complete");
        return id;
    }

    public static byte[] ToTiff()
    {
        using var black = Image.Black(Columns * CellPixels, Rows * CellPixels, 3);
        using var pink = black.Linear([1, 1, 1], [226, 160, 196], uchar: true);
        using var slide = pink.Mutate(image => image.DrawRect([112, 72, 150], Left, Top, 4 * CellPixels, 4 * CellPixels, fill: true));
        using var rgb = slide.Copy(interpretation: Enums.Interpretation.Srgb);
        return rgb.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate, tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, xres: 2000, yres: 2000);
    }
}
