using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>The site as a user has it, started by the command <c>idc</c> with the toy model active, and Debian's Chromium to look at it.</summary>
public sealed class Site : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] ChromiumArguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("idc-browser-");
    private Process? idc;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private string connection = "";

    /// <summary>The published function app.</summary>
    public static string App => Path.Combine(Build, "app");

    private static string Build => Path.GetFullPath(typeof(Site).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "LocalHost").Value!);

    /// <summary>Where the page is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A client of the API.</summary>
    public HttpClient Api { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            return;
        }

        idc = Start();
        Address = new Uri((await idc.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        Api = new HttpClient { BaseAddress = Address, DefaultRequestHeaders = { { "X-Requested-With", "tests" } } };
        connection = (await File.ReadAllLinesAsync(Path.Combine(folder.FullName, "data", "address"), TestContext.Current.CancellationToken))[1];
        await PublishAsync(new ToyModel("1.0.0"));
        await ActivateAsync("1.0.0");
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ChromiumArguments });
    }

    /// <summary>Opens the page in a browser of its own; skips the running test where there is no Chromium.</summary>
    /// <param name="fragment">The address after <c>#</c>.</param>
    /// <param name="width">Width of the window in pixels.</param>
    /// <param name="height">Height of the window in pixels.</param>
    /// <param name="colours">Light or dark.</param>
    public async Task<PageUnderTest> OpenAsync(string fragment = "", int width = 1280, int height = 800, ColorScheme colours = ColorScheme.Light)
    {
        Assert.SkipWhen(browser is null, $"There is no {Chromium}: apt install chromium.");
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = colours });
        var page = new PageUnderTest(context, await context.NewPageAsync());
        await page.Page.GotoAsync(new Uri(Address, $"#{fragment}").ToString());
        return page;
    }

    /// <summary>Publishes a version of the toy model.</summary>
    public Task PublishAsync(ToyModel model) => model.PublishAsync(connection, TestContext.Current.CancellationToken);

    /// <summary>Makes a version of the toy model the active one.</summary>
    public async Task ActivateAsync(string version)
    {
        using var activated = await Api.PostAsync($"api/models/toy/{version}/activate", null, TestContext.Current.CancellationToken);
        activated.EnsureSuccessStatusCode();
    }

    /// <summary>The API's answer about a slide; null where there is none.</summary>
    public async Task<JsonElement?> FindAsync(string slideId)
    {
        using var answer = await Api.GetAsync($"api/slides/{slideId}", TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken) : null;
    }

    /// <summary>Waits until a slide's answer is as it should be.</summary>
    public async Task<JsonElement> WaitForAsync(string slideId, Func<JsonElement, bool> isReached) =>
        await Eventually.ResultAsync(
            () => $"{slideId} is {FindAsync(slideId).GetAwaiter().GetResult()}",
            async () => await FindAsync(slideId) is { } answer && isReached(answer) ? answer : (JsonElement?)null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        Api?.Dispose();
        if (idc is not null)
        {
            idc.Kill(entireProcessTree: true);
            await idc.WaitForExitAsync();
            idc.Dispose();
        }

        // Its children end a little later, and write until then.
        await Eventually.HoldsAsync("the site's folder can be deleted", () =>
        {
            try
            {
                folder.Delete(recursive: true);
                return Task.FromResult(true);
            }
            catch (IOException)
            {
                return Task.FromResult(false);
            }
        });
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(Build, "idc"), ["--data", Path.Combine(folder.FullName, "data"), "--port", "0"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ROOT"] = HandlerSettings.For("", TimeSpan.Zero)["DOTNET_ROOT"];
        return Process.Start(start)!;
    }
}
