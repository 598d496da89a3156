using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Deque.AxeCore.Playwright;
using IdcFunctions.Fixtures;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>Training from the page. On a site of its own: the model that is activated here is none for the other tests' slides.</summary>
public sealed class TrainingTests : IAsyncLifetime
{
    /// <summary>The program may be built first, and a machine that runs other tests trains slowly.</summary>
    private const float Patience = 240_000;

    private readonly Site site = new();

    public ValueTask InitializeAsync() => site.InitializeAsync();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task A_training_is_started_watched_and_its_model_activated()
    {
        await using var opened = await site.OpenAsync("/training/new");
        var page = opened.Page;

        await page.GetByTestId("dataset-file").SetInputFilesAsync(new FilePayload { Name = "made.zip", MimeType = "application/zip", Buffer = MadeZip() });
        await Expect(page.GetByTestId("intake")).ToContainTextAsync("patches48", new LocatorAssertionsToContainTextOptions { Timeout = Patience });
        foreach (var (label, value) in new[] { ("Width", "1"), ("Depth", "11"), ("Epochs", "3"), ("Batch size", "8") })
        {
            await page.GetByLabel(label, new PageGetByLabelOptions { Exact = true }).FillAsync(value);
        }

        // Depth 11 is none: told at its field, and nothing is started.
        await opened.Button("Start training").ClickAsync();
        await Expect(page.Locator(".field.faulty")).ToContainTextAsync("it must be 10, 16");
        await page.GetByLabel("Depth", new PageGetByLabelOptions { Exact = true }).FillAsync("10");
        await Expect(page.Locator(".network")).ToContainTextAsync("wide_resnet10_1");
        await AssertAccessibleAsync(page);
        await opened.Button("Start training").ClickAsync();

        await Expect(page.GetByTestId("status")).ToHaveTextAsync("Succeeded", new LocatorAssertionsToHaveTextOptions { Timeout = Patience });
        var curve = page.Locator(".chart").First.Locator("polyline").First;
        Assert.True((await curve.GetAttributeAsync("points"))!.Split(' ').Length >= 9, "The loss has no curve.");
        await Expect(page.Locator("[aria-label=Results]")).ToContainTextAsync("balanced accuracy");

        // The matrix follows the threshold: at 1 nothing is called IDC.
        await opened.SlideAsync("Threshold of the confusion matrix", 1);
        await Expect(page.GetByTestId("confusion").Locator("tbody tr").First).ToContainTextAsync("0.0 %");
        await AssertAccessibleAsync(page);

        await opened.Button("Activate").ClickAsync();
        await Expect(page.Locator("[aria-label=Model]")).ToContainTextAsync("active");
        var readiness = await site.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
        Assert.Equal("idc-wrn-10-1 1.0.0", readiness.GetProperty("model").GetString());

        using var report = await site.Api.GetAsync(await page.GetByText("Open the report").GetAttributeAsync("href"), TestContext.Current.CancellationToken);
        Assert.True(report.IsSuccessStatusCode);
        await page.GotoAsync(new Uri(site.Address, "#/training").ToString());
        await Expect(page.Locator("table.runs")).ToContainTextAsync("idc-wrn-10-1 1.0.0");
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static async Task AssertAccessibleAsync(IPage page) =>
        Assert.Empty((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help} {string.Join("; ", violation.Nodes.Select(node => node.Html))}"));

    private static byte[] MadeZip()
    {
        var folder = Directory.CreateTempSubdirectory("idc-browser-patches-");
        try
        {
            SyntheticPatches.Write(folder.FullName, ["1", "2", "3", "4", "5", "6"], 4);
            using var content = new MemoryStream();
            ZipFile.CreateFromDirectory(folder.FullName, content);
            return content.ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
