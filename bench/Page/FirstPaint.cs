using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Playwright;

namespace IdcFunctions.Bench.Page;

/// <summary>The page's first paint in Debian's Chromium, each time in a browser without a cache.</summary>
internal static class FirstPaint
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Rounds = 9;

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>Measures the list's first contentful paint.</summary>
    public static async Task RunAsync()
    {
        await using var site = await PageSite.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = Arguments });
        var paints = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
            var page = await context.NewPageAsync();
            await page.GotoAsync(site.Api.BaseAddress!.ToString());
            await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            var paint = await page.EvaluateAsync<JsonElement>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime");
            paints.Add(paint.GetDouble());
        }

        var files = Directory.EnumerateFiles(Path.Combine(PageSite.App, "wwwroot"), "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToList();
        paints.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first contentful paint: median {paints[Rounds / 2]:0} ms, worst {paints[^1]:0} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the page: {files.Sum(file => (long)file.Length)} bytes, {files.Sum(Compressed)} compressed"));
    }

    private static long Compressed(byte[] file)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(file);
        }

        return compressed.Length;
    }
}
