using System.IO.Compression;
using System.Text.Json.Nodes;
using Deque.AxeCore.Playwright;
using IdcFunctions.Fixtures;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>The list of slides, uploads, and what holds for every view.</summary>
public sealed class SlidesTests(Site site)
{
    [Fact]
    public async Task A_dropped_slide_is_uploaded_scored_and_listed()
    {
        await using var opened = await site.OpenAsync();

        await opened.DropAsync("dropped.tif", SquareSlide.ToTiff());

        var row = opened.Page.Locator(".slide", new PageLocatorOptions { HasText = "dropped.tif" });
        await Assertions.Expect(row).ToContainTextAsync("Complete", new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await Assertions.Expect(row).ToContainTextAsync("0.64 mm²");
    }

    [Fact]
    public async Task A_failed_slide_shows_reason_remedy_and_retry()
    {
        await using var opened = await site.OpenAsync();

        await opened.DropAsync("broken.svs", "no slide"u8.ToArray());

        var row = opened.Page.Locator(".slide", new PageLocatorOptions { HasText = "broken.svs" });
        await Assertions.Expect(row).ToContainTextAsync("no known slide format", new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await Assertions.Expect(row).ToContainTextAsync("Upload a whole-slide image");
        await Assertions.Expect(opened.Button("Retry broken.svs")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_deleted_slide_comes_back_by_undo()
    {
        var id = await SquareSlide.ScoreAsync(site, "deleted.tif");
        await using var opened = await site.OpenAsync();

        await opened.Button("Delete deleted.tif").ClickAsync();
        await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Deleted");
        await opened.Button("Undo").ClickAsync();

        await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Complete");
    }

    [Fact]
    public async Task A_slide_of_the_same_name_is_replaced_only_when_asked()
    {
        var id = await SquareSlide.ScoreAsync(site, "twice.tif");
        var before = (await site.FindAsync(id))!.Value.GetProperty("etag").GetString();
        await using var opened = await site.OpenAsync();

        await opened.DropAsync("twice.tif", SquareSlide.ToTiff());
        await opened.Button("Replace").ClickAsync();

        await site.WaitForAsync(id, answer => answer.GetProperty("etag").GetString() != before && answer.GetProperty("status").GetString() == "Complete");
    }

    [Fact]
    public async Task Ten_thousand_slides_scroll_with_a_few_rows_drawn()
    {
        const int Count = 10_000;
        var template = (await site.FindAsync(await SquareSlide.ScoreAsync(site, "square.tif")))!.Value;
        await using var opened = await site.OpenAsync("/predict");
        await opened.Page.RouteAsync("**/api/slides?*", async route =>
        {
            var query = System.Web.HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
            var from = int.Parse(query["continuation"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            var to = Math.Min(Count, from + int.Parse(query["top"]!, System.Globalization.CultureInfo.InvariantCulture));
            var items = Enumerable.Range(from, to - from).Select(i =>
            {
                var slide = JsonNode.Parse(template.GetRawText())!;
                (slide["slide"], slide["slideId"]) = ($"slide {i}", $"slide~20{i}");
                return slide;
            });
            var body = new JsonObject { ["items"] = new JsonArray([.. items]), ["continuation"] = to < Count ? $"{to}" : null };
            await route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = body.ToJsonString() });
        });
        await opened.Page.RouteAsync("**/*.jpeg*", route => route.AbortAsync());
        await opened.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Slides", Exact = true }).ClickAsync();
        await opened.Page.Locator(".slide").First.WaitForAsync();

        var rows = 0;
        await Eventually.HoldsAsync("the last slide in sight", async () =>
        {
            await opened.Page.Locator(".scroll").EvaluateAsync("(list) => { list.scrollTop = list.scrollHeight; }");
            rows = Math.Max(rows, await opened.Page.Locator(".slide").CountAsync());
            return await opened.Page.GetByText($"slide {Count - 1}", new PageGetByTextOptions { Exact = true }).IsVisibleAsync();
        });

        Assert.InRange(rows, 1, 60);
    }

    [Fact]
    public void The_page_is_no_larger_than_300_kilobytes_compressed()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Site.App, "wwwroot"), "*", SearchOption.AllDirectories).ToList();

        Assert.InRange(files.Sum(Compressed), 1, 300_000);

        static long Compressed(string file)
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(File.ReadAllBytes(file));
            }

            return compressed.Length;
        }
    }

    public static TheoryData<string, int> Views() => [.. from view in new[] { "", "models", "viewer", "compare", "keys", "predict" } from width in new[] { 1280, 390 } select new TheoryDataRow<string, int>(view, width)];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Every_view_passes_axe_in_light_and_dark(string view, int width)
    {
        var id = view == "compare" ? await CompareTests.ScoreTwiceAsync(site) : await SquareSlide.ScoreAsync(site, "square.tif");
        var run = view == "compare" ? await CompareTests.OtherRunAsync(site, id) : "";
        await using var opened = await site.OpenAsync(view switch { "viewer" or "keys" => $"/slides/{id}", "compare" => $"/slides/{id}?with={run}&beside=difference", "predict" => "/predict", _ => "/" }, width);
        await opened.Page.Locator(view switch { "viewer" or "keys" => "[data-testid=positive]", "compare" => "[data-testid=side-caption]", "predict" => ".ask", _ => ".slide" }).First.WaitForAsync();
        if (view == "models")
        {
            await opened.Page.Locator(".bar .chip").ClickAsync();
            await opened.Page.Locator(".models li").First.WaitForAsync();
        }
        else if (view == "keys")
        {
            await opened.Page.Keyboard.PressAsync("?");
            await opened.Page.Locator(".help").WaitForAsync();
        }

        foreach (var colours in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colours });
            var result = await opened.Page.RunAxe();
            Assert.Empty(result.Violations.Select(violation => $"{colours}, {violation.Id}: {violation.Help} {string.Join("; ", violation.Nodes.Select(node => node.Html))}"));
        }
    }
}
