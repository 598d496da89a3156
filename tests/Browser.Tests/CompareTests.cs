using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>Two models on one slide: activated from the page, scored again from it, and looked at side by side.</summary>
public sealed class CompareTests(Site site)
{
    private const string Name = "compared.tif";

    /// <summary>A model that says the contrary of the first: light is IDC.</summary>
    private static readonly ToyModel Contrary = new("2.0.0", slope: -12);

    [Fact]
    public async Task A_model_that_is_activated_on_the_page_scores_a_slide_again()
    {
        const string Again = "again.tif";
        var id = await SquareSlide.ScoreAsync(site, Again);
        await site.PublishAsync(Contrary);
        try
        {
            await using var opened = await site.OpenAsync($"/slides/{id}");
            await opened.Button("toy 1.0.0").ClickAsync();
            await opened.Button("Activate toy 2.0.0").ClickAsync();
            await Assertions.Expect(opened.Page.Locator(".models li", new PageLocatorOptions { HasText = "toy 2.0.0" })).ToContainTextAsync("Active");
            await opened.Button("Close").ClickAsync();
            await opened.Button("Score again").ClickAsync();

            var after = await site.WaitForAsync(id, answer => answer.GetProperty("model").GetString() == "toy 2.0.0" && answer.GetProperty("status").GetString() == "Complete");

            Assert.Equal((SquareSlide.Columns * SquareSlide.Rows) - SquareSlide.Cells, after.GetProperty("result").GetProperty("summary").GetProperty("positivePatches").GetInt32());
            await Assertions.Expect(opened.Page.GetByTestId("positive")).ToHaveTextAsync("164", new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
        }
        finally
        {
            await site.ActivateAsync("1.0.0");
        }
    }

    [Fact]
    public async Task A_new_result_of_another_model_is_shown_at_that_models_threshold()
    {
        var id = await SquareSlide.ScoreAsync(site, "threshold.tif");
        var strict = new ToyModel("3.0.0");
        strict = new ToyModel("3.0.0") { Manifest = strict.Manifest with { DecisionThreshold = 0.95 } };
        await site.PublishAsync(strict);
        await using var opened = await site.OpenAsync($"/slides/{id}");
        await Assertions.Expect(opened.Page.GetByTestId("positive")).ToHaveTextAsync("16");

        // Its grid comes late, as over a slow line.
        await opened.Page.RouteAsync("**/grid", async route =>
        {
            await Task.Delay(1000);
            await route.ContinueAsync();
        });
        await site.ActivateAsync("3.0.0");
        try
        {
            using var asked = await site.Api.PostAsync($"api/slides/{id}/rescore", null, TestContext.Current.CancellationToken);
            await Assertions.Expect(opened.Button("Model’s 0.950")).ToHaveAttributeAsync("aria-pressed", "true", new LocatorAssertionsToHaveAttributeOptions { Timeout = 30_000 });
        }
        finally
        {
            await site.ActivateAsync("1.0.0");
        }

        await Assertions.Expect(opened.Page.GetByTestId("positive")).ToHaveTextAsync("0");
        await ViewerTests.SettleAsync(opened.Page);
        Assert.DoesNotContain("t=", opened.Page.Url.Split('#')[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_could_not_be_read_are_asked_for_again()
    {
        var id = await ScoreTwiceAsync(site);
        await using var opened = await site.OpenAsync("/predict");
        var isFirst = true;
        await opened.Page.RouteAsync($"**/api/slides/{id}/runs", async route =>
        {
            await (isFirst ? route.AbortAsync() : route.ContinueAsync());
            isFirst = false;
        });
        await opened.Page.GotoAsync(new Uri(site.Address, $"#/slides/{id}").ToString());

        await opened.Page.GetByLabel("Beside it").SelectOptionAsync([await OtherRunAsync(site, id)], new LocatorSelectOptionOptions { Timeout = 30_000 });

        Assert.False(isFirst);
    }

    [Fact]
    public async Task Two_runs_are_seen_side_by_side_with_one_view()
    {
        var id = await ScoreTwiceAsync(site);
        await using var opened = await site.OpenAsync($"/slides/{id}?x=3000&y=2400&z=0.1");
        await opened.Page.GetByLabel("Beside it").SelectOptionAsync([await OtherRunAsync(site, id)]);

        await Assertions.Expect(opened.Page.GetByTestId("agreement")).ToContainTextAsync("0.0 % of 180 patches agree");
        await Assertions.Expect(opened.Page.GetByTestId("side-caption")).ToContainTextAsync("toy 1.0.0");
        await Assertions.Expect(opened.Page.GetByTestId("side-caption")).ToContainTextAsync("0.64 mm²");

        // Zooming on either side moves both.
        var side = (await opened.Page.GetByTestId("side").BoundingBoxAsync())!;
        await opened.Page.Mouse.MoveAsync(side.X + (side.Width / 2), side.Y + (side.Height / 2));
        await opened.Page.Mouse.WheelAsync(0, -400);
        await ViewerTests.SettleAsync(opened.Page);

        Assert.DoesNotContain("z=0.1&", opened.Page.Url, StringComparison.Ordinal);
        var (left, right) = (await FirstDarkAsync("stage"), await FirstDarkAsync("side"));
        Assert.InRange(left.X - right.X, -1.5, 1.5);
        Assert.InRange(left.Y - right.Y, -1.5, 1.5);

        // Where the square's edges are, seen through the slide alone.
        async Task<(double X, double Y)> FirstDarkAsync(string stage)
        {
            if (await opened.Page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "Heatmap" }).IsCheckedAsync())
            {
                await opened.Page.Keyboard.PressAsync("h");
            }

            await opened.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            using var picture = NetVips.Image.PngloadBuffer(await opened.Page.GetByTestId(stage).ScreenshotAsync());
            using var dark = picture[0] < 170;
            var sums = dark.Project();
            using var columns = (NetVips.Image)sums[0];
            using var rows = (NetVips.Image)sums[1];
            return (First(columns, columns.Width), First(rows, rows.Height, isColumn: true));
        }

        // The square is 160 px wide at least; icons, text and scale bar over the first stage are dark, too, and smaller.
        static double First(NetVips.Image counts, int length, bool isColumn = false) =>
            Enumerable.Range(0, length).First(i => (isColumn ? counts.Getpoint(0, i) : counts.Getpoint(i, 0))[0] > 255 * 150);
    }

    [Fact]
    public async Task The_difference_of_two_runs_is_shown_and_told_under_the_pointer()
    {
        var id = await ScoreTwiceAsync(site);
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5&with={await OtherRunAsync(site, id)}&o=1");
        await opened.Page.GetByTestId("side-caption").WaitForAsync();
        await opened.Button("Difference").ClickAsync();
        await Assertions.Expect(opened.Page.GetByTestId("side-caption")).ToContainTextAsync("less the first");

        var side = (await opened.Page.GetByTestId("side").BoundingBoxAsync())!;
        await opened.Page.Mouse.MoveAsync(side.X + (side.Width / 2), side.Y + (side.Height / 2));

        // 1.0.0 says 0.873 of the square, its contrary, which is published, 0.127.
        await Assertions.Expect(opened.Page.GetByTestId("readout")).ToContainTextAsync("beside it 0.873, +0.746");
        using var picture = NetVips.Image.PngloadBuffer(await opened.Page.GetByTestId("side").ScreenshotAsync());
        var square = picture.Getpoint(picture.Width / 2, picture.Height / 2);
        Assert.True(square[0] > square[2] + 60, "more is warm");
    }

    /// <summary>Scores a slide with the first model, then with its contrary, and activates the first again.</summary>
    internal static async Task<string> ScoreTwiceAsync(Site site)
    {
        var id = Slides.SlideId.FromName(Name).Value;
        if ((await site.FindAsync(id))?.GetProperty("model").GetString() == "toy 2.0.0")
        {
            return id;
        }

        await SquareSlide.ScoreAsync(site, Name);
        await site.PublishAsync(Contrary);
        await site.ActivateAsync("2.0.0");
        try
        {
            using var asked = await site.Api.PostAsync($"api/slides/{id}/rescore", null, TestContext.Current.CancellationToken);
            asked.EnsureSuccessStatusCode();
            await site.WaitForAsync(id, answer => answer.GetProperty("model").GetString() == "toy 2.0.0" && answer.GetProperty("status").GetString() == "Complete");
            return id;
        }
        finally
        {
            await site.ActivateAsync("1.0.0");
        }
    }

    /// <summary>The run that is not published.</summary>
    internal static async Task<string> OtherRunAsync(Site site, string id) =>
        (await site.Api.GetFromJsonAsync<JsonElement>($"api/slides/{id}/runs", TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray()
            .Single(run => !run.GetProperty("isPublished").GetBoolean()).GetProperty("run").GetString()!;
}
