using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using Microsoft.Playwright;
using NetVips;

namespace IdcFunctions.Browser.Tests;

/// <summary>The viewer on a slide with a square at a known place.</summary>
public sealed class ViewerTests(Site site)
{
    private const string Name = "square.tif";

    [Theory]
    [InlineData(0.1, false)]
    [InlineData(0.5, false)]
    [InlineData(2.7, false)]
    [InlineData(0.5, true)]
    public async Task The_heatmap_lies_on_the_slide_to_the_pixel(double zoom, bool isOfRegion)
    {
        var id = isOfRegion ? await SquareSlide.ScoreRegionAsync(site, "region.tif", "1600,1200,2400,2400") : await SquareSlide.ScoreAsync(site, Name);
        var view = string.Create(CultureInfo.InvariantCulture, $"/slides/{id}?x={SquareSlide.Left + (40 / zoom)}&y={SquareSlide.Top + (40 / zoom)}&z={zoom}&o=1");

        var onSlide = await CornerAsync($"{view}&heat=0", pixel => pixel[0] < 170);

        // The border's middle lies on the edge of the cells.
        var onHeatmap = await CornerAsync(view, pixel => pixel[0] > 200 && pixel[1] < 130 && pixel[2] < 100);

        Assert.InRange(onHeatmap.X.Middle - onSlide.X.First, -1, 1);
        Assert.InRange(onHeatmap.Y.Middle - onSlide.Y.First, -1, 1);
    }

    [Fact]
    public async Task The_threshold_counts_what_the_csv_holds()
    {
        var id = await SquareSlide.ScoreAsync(site, Name);
        var lines = (await site.Api.GetStringAsync($"api/slides/{id}/exports/patches.csv", TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        var probabilities = lines.Select(line => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)).ToList();
        await using var opened = await site.OpenAsync($"/slides/{id}");

        foreach (var threshold in new[] { 0, 0.02, 0.5, 0.86, 0.99 })
        {
            await opened.SlideAsync("Threshold", threshold);
            var expected = probabilities.Count(probability => probability >= threshold);
            await Assertions.Expect(opened.Page.GetByTestId("positive")).ToHaveTextAsync(expected.ToString(CultureInfo.InvariantCulture));
            await Assertions.Expect(opened.Page.GetByTestId("area")).ToHaveTextAsync((expected * 0.04).ToString("0.00", CultureInfo.InvariantCulture));
        }

        Assert.Equal(SquareSlide.Cells, probabilities.Count(probability => probability >= 0.5));
    }

    [Fact]
    public async Task What_is_under_the_pointer_is_told()
    {
        var id = await SquareSlide.ScoreAsync(site, Name);
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5");
        await opened.Page.GetByTestId("positive").WaitForAsync();

        var stage = (await opened.Page.GetByTestId("stage").BoundingBoxAsync())!;
        await opened.Page.Mouse.MoveAsync(stage.X + (stage.Width / 2), stage.Y + (stage.Height / 2));

        await Assertions.Expect(opened.Page.GetByTestId("readout")).ToContainTextAsync("row 4, column 5");
    }

    [Fact]
    public async Task A_link_reopens_the_same_view()
    {
        var id = await SquareSlide.ScoreAsync(site, Name);
        string link;
        await using (var first = await site.OpenAsync($"/slides/{id}"))
        {
            await first.Page.GetByTestId("positive").WaitForAsync();
            await first.Page.Keyboard.PressAsync("r");
            await first.Page.Keyboard.PressAsync("n");
            await first.SlideAsync("Threshold", 0.7);
            await SettleAsync(first.Page);
            link = first.Page.Url;
        }

        await using var second = await site.OpenAsync(link.Split('#')[1]);
        await second.Page.GetByTestId("positive").WaitForAsync();
        await SettleAsync(second.Page);

        Assert.Contains("t=0.7", link, StringComparison.Ordinal);
        Assert.Contains("r=90", link, StringComparison.Ordinal);
        Assert.Equal(link, second.Page.Url);
    }

    [Fact]
    public async Task A_patch_that_is_corrected_is_kept_with_the_reviewers_name_until_it_is_undone()
    {
        var id = await SquareSlide.ScoreAsync(site, "corrected.tif");
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5");
        await opened.Page.GetByLabel("Reviewer").FillAsync("Dr Reviewer");
        await opened.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Not IDC", Exact = true }).ClickAsync();
        var stage = (await opened.Page.GetByTestId("stage").BoundingBoxAsync())!;

        await opened.Page.Mouse.ClickAsync(stage.X + (stage.Width / 2), stage.Y + (stage.Height / 2));

        var kept = await WaitForCorrectionsAsync(1);
        Assert.Equal((4, 5, "NotIdc", "Dr Reviewer"), (kept[0].GetProperty("row").GetInt32(), kept[0].GetProperty("column").GetInt32(), kept[0].GetProperty("label").GetString(), kept[0].GetProperty("by").GetString()));
        await opened.Button("Undo").ClickAsync();
        await WaitForCorrectionsAsync(0);

        async Task<List<JsonElement>> WaitForCorrectionsAsync(int count)
        {
            var items = new List<JsonElement>();
            await Eventually.HoldsAsync($"{count} corrections", async () =>
            {
                items = await CorrectionsAsync(id);
                return items.Count == count;
            });
            return items;
        }
    }

    [Fact]
    public async Task A_label_that_another_reviewer_gave_meanwhile_stays_and_is_shown()
    {
        var id = await SquareSlide.ScoreAsync(site, "reviewed-twice.tif");
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5");
        await opened.Page.GetByLabel("Reviewer").FillAsync("Dr Reviewer");
        using (var read = await site.Api.GetAsync($"api/slides/{id}/corrections", TestContext.Current.CancellationToken))
        {
            using var other = new HttpRequestMessage(HttpMethod.Put, $"api/slides/{id}/corrections") { Content = new ByteArrayContent("""{"by":"Dr Other","items":[{"row":1,"column":1,"label":"Exclude"}]}"""u8.ToArray()) { Headers = { { "Content-Type", "application/json" } } } };
            other.Headers.Add("If-Match", read.Headers.ETag!.ToString());
            using var put = await site.Api.SendAsync(other, TestContext.Current.CancellationToken);
            put.EnsureSuccessStatusCode();
        }

        await opened.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Not IDC", Exact = true }).ClickAsync();
        var stage = (await opened.Page.GetByTestId("stage").BoundingBoxAsync())!;
        await opened.Page.Mouse.ClickAsync(stage.X + (stage.Width / 2), stage.Y + (stage.Height / 2));

        await AssertKeptAsync("1,1,Exclude,Dr Other", "4,5,NotIdc,Dr Reviewer");
        await Assertions.Expect(opened.Page.GetByText("Corrections (2)")).ToBeVisibleAsync();
        await opened.Button("Undo").ClickAsync();
        await AssertKeptAsync("1,1,Exclude,Dr Other");

        async Task AssertKeptAsync(params string[] expected) => await Eventually.HoldsAsync(string.Join(' ', expected), async () =>
            (await CorrectionsAsync(id)).Select(item => $"{item.GetProperty("row")},{item.GetProperty("column")},{item.GetProperty("label")},{item.GetProperty("by")}").SequenceEqual(expected));
    }

    [Fact]
    public async Task Strokes_on_the_mask_outlast_a_new_result_and_a_look_elsewhere()
    {
        var id = await SquareSlide.ScoreAsync(site, "painted.tif");
        var before = (await site.FindAsync(id))!.Value.GetProperty("run").GetString();
        await using var opened = await site.OpenAsync($"/slides/{id}");
        await opened.Page.GetByTestId("positive").WaitForAsync();
        foreach (var key in new[] { "b", "e", "Enter" })
        {
            await opened.Page.Keyboard.PressAsync(key);
        }

        await opened.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "All slides" }).First.ClickAsync();
        await opened.Button("Back to them").ClickAsync();
        await opened.Button("Edit tissue mask").ClickAsync();
        await Assertions.Expect(opened.Button("Keep and score again")).ToBeEnabledAsync();

        using var rescored = await site.Api.PostAsync($"api/slides/{id}/rescore", null, TestContext.Current.CancellationToken);
        var next = (await site.WaitForAsync(id, answer => answer.GetProperty("result").GetProperty("run").GetString() != before)).GetProperty("result").GetProperty("run").GetString()!;
        await Assertions.Expect(opened.Page.GetByText("There is a new result.")).ToBeVisibleAsync();
        await Assertions.Expect(opened.Page.Locator(".panel").GetByText(before!)).ToBeAttachedAsync();
        await Assertions.Expect(opened.Button("Keep and score again")).ToBeEnabledAsync();
        await Assertions.Expect(opened.Page.Locator(".toasts")).Not.ToContainTextAsync("gone");

        await opened.Button("Undo").Last.ClickAsync();
        await Assertions.Expect(opened.Page.Locator(".panel").GetByText(next)).ToBeAttachedAsync();
        await Assertions.Expect(opened.Page.GetByText("There is a new result.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_mask_that_was_painted_makes_a_new_run()
    {
        var id = await SquareSlide.ScoreAsync(site, "masked.tif");
        var before = (await site.FindAsync(id))!.Value;
        await using var opened = await site.OpenAsync($"/slides/{id}");

        await opened.Button("Edit tissue mask").ClickAsync();
        await opened.Button("Erase").ClickAsync();
        await opened.SlideAsync("Brush", 400);
        var stage = (await opened.Page.GetByTestId("stage").BoundingBoxAsync())!;
        var (x, y) = (stage.X + (stage.Width / 2), stage.Y + (stage.Height / 2));
        await opened.Page.Mouse.MoveAsync(x - 150, y);
        await opened.Page.Mouse.DownAsync();
        await opened.Page.Mouse.MoveAsync(x + 150, y, new MouseMoveOptions { Steps = 8 });
        await opened.Page.Mouse.UpAsync();
        await opened.Button("Keep and score again").ClickAsync();

        var after = await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Complete" && answer.GetProperty("run").GetString() != before.GetProperty("run").GetString());
        Assert.InRange(after.GetProperty("patches").GetInt32(), before.GetProperty("patches").GetInt32() - 40, before.GetProperty("patches").GetInt32() - 5);
    }

    [Fact]
    public async Task A_patch_is_corrected_by_keys_alone()
    {
        var id = await SquareSlide.ScoreAsync(site, "keys.tif");
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5");
        await opened.Page.GetByLabel("Reviewer").FillAsync("Dr Reviewer");
        await opened.Page.Keyboard.PressAsync("Tab");

        // The patch in the middle, then the one to its right, is excluded.
        foreach (var key in new[] { "c", "3", "ArrowRight", "ArrowRight" })
        {
            await opened.Page.Keyboard.PressAsync(key);
        }

        await opened.Page.EvaluateAsync("() => document.activeElement.blur()");
        await opened.Page.Keyboard.PressAsync("Enter");

        await Eventually.HoldsAsync("the correction", async () =>
            (await CorrectionsAsync(id)) is [var only] && (only.GetProperty("row").GetInt32(), only.GetProperty("column").GetInt32(), only.GetProperty("label").GetString()) == (4, 6, "Exclude"));
    }

    [Fact]
    public async Task The_mask_is_painted_by_keys_alone()
    {
        var id = await SquareSlide.ScoreAsync(site, "keymask.tif");
        var before = (await site.FindAsync(id))!.Value;
        await using var opened = await site.OpenAsync($"/slides/{id}?x={SquareSlide.Left + 200}&y={SquareSlide.Top + 200}&z=0.5");
        await opened.Page.GetByTestId("positive").WaitForAsync();

        foreach (var key in new[] { "b", "e", "Enter", "ArrowRight", "Enter", "w" })
        {
            await opened.Page.Keyboard.PressAsync(key);
        }

        var after = await site.WaitForAsync(id, answer => answer.GetProperty("status").GetString() == "Complete" && answer.GetProperty("run").GetString() != before.GetProperty("run").GetString());
        Assert.InRange(after.GetProperty("patches").GetInt32(), before.GetProperty("patches").GetInt32() - 16, before.GetProperty("patches").GetInt32() - 1);
    }

    [Fact]
    public async Task The_files_of_the_result_are_the_apis()
    {
        var id = await SquareSlide.ScoreAsync(site, Name);
        await using var opened = await site.OpenAsync($"/slides/{id}");

        foreach (var (label, file) in new[] { ("CSV", "patches.csv"), ("GeoJSON for QuPath", "patches.geojson"), ("Heatmap", "heatmap.png"), ("Mask", "mask.png"), ("Run", "run.json") })
        {
            var download = await opened.Page.RunAndWaitForDownloadAsync(() => opened.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = label, Exact = true }).ClickAsync());
            Assert.Equal(await site.Api.GetByteArrayAsync($"api/slides/{id}/exports/{file}", TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_report_is_one_page_with_the_slide_and_its_numbers()
    {
        var id = await SquareSlide.ScoreAsync(site, Name);
        await using var opened = await site.OpenAsync($"/slides/{id}", colours: ColorScheme.Dark);
        await opened.Page.GetByTestId("positive").WaitForAsync();

        var pdf = System.Text.Encoding.Latin1.GetString(await opened.Page.PdfAsync(new PagePdfOptions { Format = "A4" }));
        await opened.Page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });

        Assert.Single(System.Text.RegularExpressions.Regex.Matches(pdf, @"/Type\s*/Page\b"));
        await Assertions.Expect(opened.Page.Locator(".report")).ToContainTextAsync("0.64");
        await Assertions.Expect(opened.Page.Locator(".panel")).ToBeHiddenAsync();
        await Assertions.Expect(opened.Page.GetByTestId("stage")).ToBeVisibleAsync();
    }

    private async Task<List<JsonElement>> CorrectionsAsync(string id) =>
        [.. (await site.Api.GetFromJsonAsync<JsonElement>($"api/slides/{id}/corrections", TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray()];

    /// <summary>Waits until the view stands still: the address, which follows it, is the same at two looks.</summary>
    internal static async Task SettleAsync(IPage page) => await page.WaitForFunctionAsync(
        "() => { const now = location.hash; const same = window.before === now && now.includes('x='); window.before = now; return same; }", null, new PageWaitForFunctionOptions { PollingInterval = 700 });

    /// <summary>Where the first pixels of a kind are, seen from the left and from the top, along lines through the square.</summary>
    private async Task<(Edge X, Edge Y)> CornerAsync(string fragment, Func<double[], bool> isOfKind)
    {
        await using var opened = await site.OpenAsync(fragment);
        await opened.Page.GetByTestId("positive").WaitForAsync();
        await opened.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        using var picture = Image.PngloadBuffer(await opened.Page.GetByTestId("stage").ScreenshotAsync());
        var (middleX, middleY) = (picture.Width / 2, picture.Height / 2);
        return (
            Edge.Find(middleX - 80, x => isOfKind(picture.Getpoint(x, middleY))),
            Edge.Find(middleY - 80, y => isOfKind(picture.Getpoint(middleX, y))));
    }

    /// <summary>The first run of pixels of a kind.</summary>
    private readonly record struct Edge(int First, int End)
    {
        /// <summary>Longer runs are no line; their end does not matter.</summary>
        private const int MostPixels = 10;

        public double Middle => (First + End) / 2.0;

        public static Edge Find(int from, Func<int, bool> isOfKind)
        {
            var first = Enumerable.Range(from, 100).First(isOfKind);
            return new Edge(first, first + Enumerable.Range(first, MostPixels).TakeWhile(isOfKind).Count());
        }
    }
}
