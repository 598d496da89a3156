using Deque.AxeCore.Playwright;
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

    [Theory]
    [InlineData("", 1280, ColorScheme.Light)]
    [InlineData("", 390, ColorScheme.Dark)]
    [InlineData("viewer", 1280, ColorScheme.Dark)]
    [InlineData("viewer", 390, ColorScheme.Light)]
    [InlineData("predict", 390, ColorScheme.Dark)]
    public async Task Every_view_passes_axe(string view, int width, ColorScheme colours)
    {
        var id = await SquareSlide.ScoreAsync(site, "square.tif");
        await using var opened = await site.OpenAsync(view == "viewer" ? $"/slides/{id}" : $"/{view}", width, 800, colours);
        await opened.Page.Locator(view switch { "viewer" => "[data-testid=positive]", "predict" => ".ask", _ => ".slide" }).First.WaitForAsync();

        var result = await opened.Page.RunAxe();

        Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Help} {string.Join("; ", violation.Nodes.Select(node => node.Html))}"));
    }
}
