using System.Text.Json;
using IdcFunctions.Fixtures;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>A viewer whose app does not answer at once, and one that is turned.</summary>
public sealed class ViewerReadingTests(Site site)
{
    /// <summary>What could not be read once was never read again.</summary>
    [Fact]
    public async Task A_result_that_could_not_be_read_is_read_again_and_the_page_says_so()
    {
        var id = await SquareSlide.ScoreAsync(site, "square.tif");
        await using var opened = await site.OpenAsync("/predict");
        await FailOnceAsync(opened.Page, $"**/api/slides/{id}/grid");

        await opened.Page.GotoAsync(new Uri(site.Address, $"#/slides/{id}").ToString());

        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The result could not be read");
        await Assertions.Expect(opened.Page.GetByTestId("positive")).ToHaveTextAsync("16", new LocatorAssertionsToHaveTextOptions { Timeout = 10_000 });
        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_new_result_that_could_not_be_read_at_first_takes_the_place_of_the_last_one()
    {
        var id = await SquareSlide.ScoreAsync(site, "reread.tif");
        var before = RunOf((await site.FindAsync(id))!.Value);
        await using var opened = await site.OpenAsync($"/slides/{id}");
        await Assertions.Expect(opened.Page.Locator(".panel").GetByText(before)).ToBeAttachedAsync();
        await FailOnceAsync(opened.Page, $"**/api/slides/{id}/corrections");

        using var rescored = await site.Api.PostAsync($"api/slides/{id}/rescore", null, TestContext.Current.CancellationToken);
        var next = RunOf(await site.WaitForAsync(id, answer => RunOf(answer) != before));

        await Assertions.Expect(opened.Page.Locator(".panel").GetByText(next)).ToBeAttachedAsync(new LocatorAssertionsToBeAttachedOptions { Timeout = 15_000 });
    }

    /// <summary>A slide's top is at the right of a view that is turned by a quarter.</summary>
    [Fact]
    public async Task Arrows_move_over_the_screen_however_the_view_is_turned()
    {
        var id = await SquareSlide.ScoreAsync(site, "turned.tif");
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5&r=90");
        await opened.Page.GetByLabel("Reviewer").FillAsync("Dr Reviewer");
        await opened.Page.EvaluateAsync("() => document.activeElement.blur()");

        // The first arrow marks the patch in the middle, row 4, column 5.
        foreach (var key in new[] { "c", "3", "ArrowRight", "ArrowRight", "ArrowDown", "Enter" })
        {
            await opened.Page.Keyboard.PressAsync(key);
        }

        await Eventually.HoldsAsync("the correction", async () =>
            JsonDocument.Parse(await site.Api.GetStringAsync($"api/slides/{id}/corrections", TestContext.Current.CancellationToken)).RootElement.GetProperty("items").EnumerateArray().ToList() is [var only]
            && (only.GetProperty("row").GetInt32(), only.GetProperty("column").GetInt32()) == (3, 6));
    }

    private static string RunOf(JsonElement slide) => slide.GetProperty("result").GetProperty("run").GetString()!;

    private static async Task FailOnceAsync(IPage page, string address) =>
        await page.RouteAsync(address, route => route.FulfillAsync(new RouteFulfillOptions { Status = 500, ContentType = "application/json", Body = "{}" }), new PageRouteOptions { Times = 1 });
}
