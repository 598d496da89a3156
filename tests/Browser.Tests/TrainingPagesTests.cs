using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Training;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>What the pages about training make of the API's answers, which are given here.</summary>
public sealed class TrainingPagesTests(Site site)
{
    /// <summary>Two looks, were there any, and a slow machine.</summary>
    private static readonly TimeSpan LongerThanTwoLooks = TimeSpan.FromSeconds(6);

    /// <summary>The list once showed the best epoch's, the run's view the last one's.</summary>
    [Theory]
    [InlineData(0, "0.800")]
    [InlineData(3, "0.900")]
    public async Task The_list_and_a_runs_view_show_the_epoch_whose_weights_are_published(int patience, string auc)
    {
        await using var opened = await site.OpenAsync("/predict");
        var run = Run("20260101-000000-00000001", TrainingRunStatus.Succeeded, patience, 0.85, 0.9, 0.8);
        await AnswerAsync(opened.Page, "**/api/training-runs?*", Listed(run));
        await AnswerAsync(opened.Page, $"**/api/training-runs/{run["id"]}", run);

        await opened.Page.GotoAsync(new Uri(site.Address, "#/training").ToString());
        await Expect(opened.Page.Locator("table.runs tbody td").Nth(5)).ToHaveTextAsync(auc);
        await opened.Page.GetByText("m 1.0.0").ClickAsync();

        await Expect(opened.Page.Locator("[aria-label=Progress] .figures div", new PageLocatorOptions { HasText = "AUC" })).ToHaveTextAsync($"AUC{auc}");
    }

    /// <summary>Each look was once at a hundred runs, whether they had ended or not, and whether anybody looked.</summary>
    [Fact]
    public async Task Only_what_has_not_ended_is_asked_for_again_and_only_in_sight()
    {
        await using var opened = await site.OpenAsync("/predict");
        var (ended, going) = (Run("20260101-000000-00000001", TrainingRunStatus.Failed, 0, 0.5), Run("20260102-000000-00000001", TrainingRunStatus.Training, 0, 0.5));
        await AnswerAsync(opened.Page, "**/api/training-runs?*", Listed(going, ended));
        await AnswerAsync(opened.Page, $"**/api/training-runs/{going["id"]}", going);
        var asked = new ConcurrentBag<string>();
        opened.Page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);

        await opened.Page.GotoAsync(new Uri(site.Address, "#/training").ToString());
        await Eventually.HoldsAsync(() => string.Join(' ', asked), () => Task.FromResult(asked.Count(path => path.EndsWith($"{going["id"]}", StringComparison.Ordinal)) > 1));
        Assert.Single(asked, path => path == "/api/training-runs");
        Assert.DoesNotContain(asked, path => path.EndsWith($"{ended["id"]}", StringComparison.Ordinal));

        await opened.Page.EvaluateAsync("() => Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })");
        await opened.Page.WaitForTimeoutAsync(1000);
        asked.Clear();
        await opened.Page.WaitForTimeoutAsync((float)LongerThanTwoLooks.TotalMilliseconds);
        Assert.DoesNotContain(asked, path => path.StartsWith("/api/training-runs", StringComparison.Ordinal));

        // Back in sight it ends, and then nothing is left to ask for.
        going["status"] = nameof(TrainingRunStatus.Cancelled);
        await opened.Page.EvaluateAsync("() => Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true })");
        await Expect(opened.Page.Locator("table.runs")).ToContainTextAsync("Cancelled");
        asked.Clear();
        await opened.Page.WaitForTimeoutAsync((float)LongerThanTwoLooks.TotalMilliseconds);
        Assert.DoesNotContain(asked, path => path.StartsWith("/api/training-runs", StringComparison.Ordinal));
    }

    /// <summary>The list once ended with its first hundred entries, intakes that it does not show among them.</summary>
    [Fact]
    public async Task Trainings_behind_a_page_of_intakes_are_listed_and_older_ones_when_asked_for()
    {
        await using var opened = await site.OpenAsync("/predict");
        var (newer, older, intake) = (Run("20260103-000000-00000001", TrainingRunStatus.Failed, 0, 0.5), Run("20260102-000000-00000001", TrainingRunStatus.Failed, 0, 0.5), Run("20260104-000000-00000001", TrainingRunStatus.Succeeded, 0));
        intake["request"]!["intakeOnly"] = true;
        older["modelName"] = "older";
        var pages = new Dictionary<string, JsonObject> { [""] = Listed(intake), ["1"] = Listed(newer), ["2"] = Listed(older) };
        (pages[""]["continuation"], pages["1"]["continuation"]) = ("1", "2");
        await opened.Page.RouteAsync("**/api/training-runs?*", route => FulfillAsync(route, pages[System.Web.HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query)["continuation"] ?? ""]));

        await opened.Page.GotoAsync(new Uri(site.Address, "#/training").ToString());
        await Expect(opened.Page.Locator("table.runs tbody tr")).ToHaveCountAsync(1);
        await opened.Button("Older trainings").ClickAsync();

        await Expect(opened.Page.Locator("table.runs tbody tr")).ToHaveCountAsync(2);
        await Expect(opened.Page.Locator("table.runs tbody tr").Last).ToContainTextAsync("older 1.0.0");
        await Expect(opened.Button("Older trainings")).ToBeHiddenAsync();
    }

    /// <summary>A decimal comma once became 0.2 without a word.</summary>
    [Fact]
    public async Task A_share_that_is_no_number_is_told_and_nothing_is_started()
    {
        await using var opened = await site.OpenAsync("/training/new");
        var asked = new ConcurrentBag<string>();
        opened.Page.Request += (_, request) => asked.Add($"{request.Method} {new Uri(request.Url).AbsolutePath}");
        await Expect(opened.Page.GetByLabel("Epochs", new PageGetByLabelOptions { Exact = true })).ToHaveValueAsync("12");

        await opened.Page.GetByLabel("Share to evaluate on").FillAsync("0,3");
        await opened.Button("Start training").ClickAsync();

        await Expect(opened.Page.Locator("[aria-label=Split] .fault")).ToHaveTextAsync("'0,3' is no number.");
        Assert.DoesNotContain("POST /api/training-runs", asked);
    }

    /// <summary>The second archive.zip went into the data set of the first, and over its zip, unasked.</summary>
    [Fact]
    public async Task A_zip_whose_name_is_another_data_sets_is_asked_about_and_goes_under_another_name()
    {
        await using var opened = await site.OpenAsync("/predict");
        await AnswerAsync(opened.Page, "**/api/datasets/archive", Dataset("archive", 1));
        var asked = new ConcurrentQueue<string>();
        await opened.Page.RouteAsync("**/api/datasets", async route =>
        {
            if (route.Request.Method == "GET")
            {
                await FulfillAsync(route, new JsonObject { ["items"] = new JsonArray([Dataset("archive", 1), Dataset("archive-2", 1)]), ["continuation"] = null });
                return;
            }

            asked.Enqueue(route.Request.PostData!);
            await route.FulfillAsync(new RouteFulfillOptions { Status = 400, ContentType = "application/json", Body = """{"detail":"That is enough of it."}""" });
        });
        await opened.Page.GotoAsync(new Uri(site.Address, "#/training/new").ToString());

        await opened.Page.GetByTestId("dataset-file").SetInputFilesAsync(new FilePayload { Name = "archive.zip", MimeType = "application/zip", Buffer = "zip"u8.ToArray() });
        await Expect(opened.Page.Locator("[aria-label='Data set'] .notice")).ToContainTextAsync("There is a data set archive already.");
        Assert.Empty(asked);
        await opened.Button("Upload as archive-3").ClickAsync();
        await Expect(opened.Page.GetByText("That is enough of it.")).ToBeVisibleAsync();
        await opened.Page.GetByTestId("dataset-file").SetInputFilesAsync(new FilePayload { Name = "archive.zip", MimeType = "application/zip", Buffer = "zip"u8.ToArray() });
        await opened.Button("Put it into archive").ClickAsync();
        await Expect(opened.Page.GetByText("That is enough of it.")).ToBeVisibleAsync();

        await Eventually.HoldsAsync(() => string.Join(' ', asked), () => Task.FromResult(asked.Count == 2));
        Assert.Equal(
            ["""{"name":"archive-3","file":"archive-3.zip","length":3,"replaces":false}""", """{"name":"archive","file":"archive.zip","length":3,"replaces":true}"""],
            asked);
    }

    [Fact]
    public async Task The_upload_of_a_data_set_can_be_cancelled_and_nothing_is_taken_in()
    {
        await using var opened = await site.OpenAsync("/predict");
        var asked = new ConcurrentBag<string>();
        opened.Page.Request += (_, request) => asked.Add($"{request.Method} {new Uri(request.Url).AbsolutePath}");
        await AnswerAsync(opened.Page, "**/api/datasets", Listed());
        await AnswerAsync(opened.Page, "**/api/datasets", new JsonObject { ["address"] = new Uri(site.Address, "held?sig=1").ToString(), ["expires"] = "2099-01-01T00:00:00Z", ["blockBytes"] = 1 << 20 }, method: "POST");
        var sent = new TaskCompletionSource();
        await opened.Page.RouteAsync("**/held?**", _ =>
        {
            sent.TrySetResult();
            return Task.CompletedTask;
        });
        await opened.Page.GotoAsync(new Uri(site.Address, "#/training/new").ToString());

        await opened.Page.GetByTestId("dataset-file").SetInputFilesAsync(new FilePayload { Name = "new.zip", MimeType = "application/zip", Buffer = "zip"u8.ToArray() });
        await sent.Task.WaitAsync(TestContext.Current.CancellationToken);
        await opened.Page.Locator("[aria-label='Data set']").GetByText("Cancel", new LocatorGetByTextOptions { Exact = true }).ClickAsync();

        await Expect(opened.Button("Upload a zip")).ToBeEnabledAsync();
        await Expect(opened.Page.Locator("[aria-label='Data set'] .fault")).ToBeHiddenAsync();
        Assert.DoesNotContain("POST /api/datasets/new/intake", asked);
    }

    [Fact]
    public async Task An_intake_that_waits_can_be_cancelled()
    {
        await using var opened = await site.OpenAsync("/predict");
        var run = Run("20260101-000000-00000001", TrainingRunStatus.Queued, 0);
        await AnswerAsync(opened.Page, "**/api/datasets", new JsonObject { ["items"] = new JsonArray([Dataset("a", 1)]), ["continuation"] = null });
        await AnswerAsync(opened.Page, "**/api/datasets/a", Dataset("a", 1));
        await AnswerAsync(opened.Page, "**/api/datasets/a/intake", run);
        await AnswerAsync(opened.Page, $"**/api/training-runs/{run["id"]}", run);
        var cancelled = opened.Page.WaitForRequestAsync(request => request.Method == "DELETE");
        await opened.Page.GotoAsync(new Uri(site.Address, "#/training/new").ToString());
        await opened.Page.Locator("select").First.SelectOptionAsync("a");

        await opened.Button("Take in").ClickAsync();
        await opened.Page.Locator("[aria-label='Data set']").GetByText("Cancel", new LocatorGetByTextOptions { Exact = true }).ClickAsync();

        Assert.EndsWith($"/api/training-runs/{run["id"]}", (await cancelled).Url, StringComparison.Ordinal);
        await Expect(opened.Button("Take in")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task An_answer_about_another_data_set_that_comes_late_is_not_shown()
    {
        await using var opened = await site.OpenAsync("/predict");
        var late = new TaskCompletionSource();
        await AnswerAsync(opened.Page, "**/api/datasets", new JsonObject { ["items"] = new JsonArray([Dataset("a", 1), Dataset("b", 2)]), ["continuation"] = null });
        await AnswerAsync(opened.Page, "**/api/datasets/b", Dataset("b", 2));
        var released = await AnswerAsync(opened.Page, "**/api/datasets/a", Dataset("a", 1), late.Task);

        await opened.Page.GotoAsync(new Uri(site.Address, "#/training/new").ToString());
        await opened.Page.Locator("select").First.SelectOptionAsync("a");
        await opened.Page.Locator("select").First.SelectOptionAsync("b");
        await Expect(opened.Page.GetByTestId("intake")).ToContainTextAsync("2 files");
        late.SetResult();
        await released;
        await opened.Page.WaitForTimeoutAsync(500);

        await Expect(opened.Page.GetByTestId("intake")).ToContainTextAsync("2 files");
    }

    [Fact]
    public async Task A_further_page_of_another_filter_that_comes_late_is_not_shown()
    {
        const int PageSize = 100;
        var template = (await site.FindAsync(await SquareSlide.ScoreAsync(site, "square.tif")))!.Value;
        await using var opened = await site.OpenAsync("/predict");
        var (asked, late) = (new TaskCompletionSource(), new TaskCompletionSource());
        var released = new TaskCompletionSource();
        await opened.Page.RouteAsync("**/api/slides?*", async route =>
        {
            var query = System.Web.HttpUtility.ParseQueryString(new Uri(route.Request.Url).Query);
            switch (query["search"], query["continuation"])
            {
                case (null, null):
                    await FulfillAsync(route, Slides("first", PageSize, "more"));
                    break;
                case (null, _):
                    asked.TrySetResult();
                    await late.Task;
                    await FulfillAsync(route, Slides("second", PageSize, null));
                    released.TrySetResult();
                    break;
                case (_, null):
                    await FulfillAsync(route, Slides("found", 1, "further"));
                    break;
                default:
                    await FulfillAsync(route, Slides("further", 0, null));
                    break;
            }
        });
        await opened.Page.RouteAsync("**/*.jpeg*", route => route.AbortAsync());
        await opened.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Slides", Exact = true }).ClickAsync();
        await opened.Page.Locator(".slide").First.WaitForAsync();
        await opened.Page.Locator(".scroll").EvaluateAsync("(list) => { list.scrollTop = list.scrollHeight; }");
        await asked.Task;

        await opened.Page.GetByRole(AriaRole.Searchbox).FillAsync("found");
        await Expect(opened.Page.Locator(".slide")).ToHaveCountAsync(1);
        late.SetResult();
        await released.Task;
        await opened.Page.WaitForTimeoutAsync(500);

        await Expect(opened.Page.Locator(".slide")).ToHaveCountAsync(1);

        JsonObject Slides(string name, int count, string? continuation) => new()
        {
            ["items"] = new JsonArray([.. Enumerable.Range(0, count).Select(i =>
            {
                var slide = JsonNode.Parse(template.GetRawText())!;
                (slide["slide"], slide["slideId"]) = ($"{name} {i}", $"{name}~20{i}");
                return slide;
            })]),
            ["continuation"] = continuation,
        };
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    /// <summary>Answers with what a node holds then.</summary>
    /// <returns>Ends when the first answer was given, or nobody waited for it any more.</returns>
    private static async Task<Task> AnswerAsync(IPage page, string address, JsonNode answer, Task? when = null, string? method = null)
    {
        var answered = new TaskCompletionSource();
        await page.RouteAsync(address, async route =>
        {
            if (method is not null && route.Request.Method != method)
            {
                await route.FallbackAsync();
                return;
            }

            await (when ?? Task.CompletedTask);
            await FulfillAsync(route, answer);
            answered.TrySetResult();
        });
        return answered.Task;
    }

    private static async Task FulfillAsync(IRoute route, JsonNode answer)
    {
        try
        {
            await route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = answer.ToJsonString() });
        }
        catch (PlaywrightException)
        {
            // The page has given the request up.
        }
    }

    private static JsonObject Listed(params JsonNode[] runs) => new() { ["items"] = new JsonArray([.. runs.Select(run => run.DeepClone())]), ["continuation"] = null };

    private static JsonObject Dataset(string name, int files) => new()
    {
        ["name"] = name,
        ["files"] = files,
        ["bytes"] = 1000,
        ["changedAt"] = "2026-01-01T00:00:00Z",
        ["isTakenIn"] = false,
        ["takenAt"] = null,
        ["report"] = null,
        ["patches"] = null,
    };

    private static JsonNode Run(string id, TrainingRunStatus status, int patience, params double[] aucs)
    {
        var now = TimeProvider.System.GetUtcNow();
        EpochResult[] epochs = [.. aucs.Select((auc, i) => new EpochResult(i + 1, 0.5, new Metrics(0.8, 0.8, 0.8, 0.8, 0.8, auc, auc, 0.1, 0.05)))];
        var request = new TrainingRunRequest { Dataset = "set", ModelName = "m", ModelVersion = "1.0.0", RequestedAt = now, Options = new TrainingOptions { Epochs = epochs.Length, Patience = patience } };
        var progress = new TrainingReport("training", null, now, 60, 0, [new LossPoint(1, 0.5)], new TrainingSnapshot(10, 10, 0.5, 0.5, 0.01, 90, 0, [.. epochs]));
        return JsonSerializer.SerializeToNode(new { id, status, reason = (string?)null, isCancelRequested = false, updatedAt = now, starts = 1, modelName = "m", request, progress }, TrainingJson.Options)!;
    }
}
