using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using NetVips;

namespace IdcFunctions.Bench.Page;

/// <summary>Pages of a listing over many slides.</summary>
internal static class Listing
{
    private const int RowsPerTransaction = 100;
    private const int Pages = 20;

    /// <summary>Scores one slide, writes its rows again under many names, and measures pages from the beginning and from the middle on.</summary>
    public static async Task RunAsync(int count)
    {
        await using var site = await PageSite.StartAsync();
        var path = Path.Combine(Path.GetTempPath(), "idc-bench-listing.tif");
        using (var pink = Image.Black(500, 500, 3).Linear([1, 1, 1], [226, 160, 196], uchar: true).Copy(interpretation: Enums.Interpretation.Srgb))
        {
            pink.Tiffsave(path, xres: 250, yres: 250);
        }

        await site.ScoreAsync(path);
        File.Delete(path);
        await WriteAsync(new TableServiceClient(site.ConnectionString), count);
        Console.WriteLine("| order | top | ms, median | p95 | worst |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var order in new[] { "name", "newest" })
        {
            var timed = new Timed();
            string? continuation = "";
            for (var page = 0; page < Pages && continuation is not null; page++)
            {
                var address = $"api/slides?order={order}&top=100{continuation}";
                var answer = await timed.RunAsync(() => site.Api.GetFromJsonAsync<JsonElement>(address));
                continuation = answer.GetProperty("continuation").GetString() is { } next ? $"&continuation={Uri.EscapeDataString(next)}" : null;
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {order} | 100 | {timed} |"));
        }
    }

    private static async Task WriteAsync(TableServiceClient tables, int count)
    {
        var (slides, newest) = (tables.GetTableClient(Tables.Slides), tables.GetTableClient(Tables.SlidesNewest));
        var template = slides.Query<TableEntity>().Single();
        var first = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var named = Enumerable.Range(0, count).Select(i => (Id: SlideId.FromName(string.Create(CultureInfo.InvariantCulture, $"case {i * 7919L % count:D6}/slide.svs")), Uploaded: first.AddSeconds(i)));
        foreach (var partition in named.GroupBy(slide => TableKeys.SlidePartition(slide.Id)))
        {
            foreach (var chunk in partition.Chunk(RowsPerTransaction))
            {
                await slides.SubmitTransactionAsync(chunk.Select(slide => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity(template)
                {
                    PartitionKey = partition.Key,
                    RowKey = slide.Id.Value,
                    ["Name"] = slide.Id.Name,
                    ["FirstUpload"] = slide.Uploaded,
                })));
                await newest.SubmitTransactionAsync(chunk.Select(slide => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity(partition.Key, TableKeys.NewestRow(slide.Id, slide.Uploaded)))));
            }
        }
    }
}
