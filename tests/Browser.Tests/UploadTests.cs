using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>Uploads that are interrupted.</summary>
public sealed class UploadTests(Site site)
{
    /// <summary>Four blocks of 8 MiB and a part of one.</summary>
    private const int Length = (32 << 20) + 1000;

    [Fact]
    public async Task An_upload_goes_on_after_a_reload_where_it_stood()
    {
        await using var opened = await site.OpenAsync();
        var sent = new List<string>();
        var isStopped = false;

        // Storage takes two blocks; then the line is gone.
        await opened.Page.RouteAsync("**/slides/resumed.tif?**comp=block&**", async route =>
        {
            if (isStopped || sent.Count == 2)
            {
                isStopped = true;
                await route.AbortAsync();
                return;
            }

            sent.Add(BlockOf(route.Request));
            await route.ContinueAsync();
        });
        await DropLargeAsync(opened);
        await opened.Page.WaitForFunctionAsync("() => JSON.parse(localStorage.getItem('uploads') ?? '[]')[0]?.done.length === 2");
        opened.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await opened.Page.ReloadAsync();
        await Assertions.Expect(opened.Page.Locator(".tray")).ToContainTextAsync("Interrupted at 16.8 MB of 33.6 MB");
        await opened.Page.UnrouteAllAsync();
        var rest = new List<string>();
        opened.Page.Request += (_, request) =>
        {
            if (request.Method == "PUT" && request.Url.Contains("comp=block&", StringComparison.Ordinal))
            {
                lock (rest)
                {
                    rest.Add(BlockOf(request));
                }
            }
        };

        await DropLargeAsync(opened);

        await Assertions.Expect(opened.Page.Locator(".tray")).ToContainTextAsync("Uploaded, 33.6 MB", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        Assert.Equal(3, rest.Count);
        Assert.Empty(rest.Intersect(sent));
        var slide = await site.WaitForAsync("resumed.tif", answer => answer.GetProperty("status").GetString() == "Complete");
        Assert.Equal(Length, slide.GetProperty("slideBytes").GetInt64());
    }

    [Fact]
    public async Task An_upload_is_paused_and_goes_on()
    {
        await using var opened = await site.OpenAsync();
        await opened.Page.RouteAsync("**/slides/paused.tif?**comp=block&**", async route =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System);
            await route.ContinueAsync();
        });
        await DropLargeAsync(opened, "paused.tif");

        await opened.Button("Pause paused.tif").ClickAsync();
        await Assertions.Expect(opened.Page.Locator(".tray")).ToContainTextAsync("Paused at");
        await opened.Button("Go on with paused.tif").ClickAsync();

        await site.WaitForAsync("paused.tif", answer => answer.GetProperty("status").GetString() == "Complete");
    }

    private static string BlockOf(IRequest request) => System.Web.HttpUtility.ParseQueryString(new Uri(request.Url).Query)["blockid"]!;

    /// <summary>The square's slide with zeros behind it: what no directory points at is no part of a TIFF.</summary>
    private static async Task DropLargeAsync(PageUnderTest opened, string name = "resumed.tif") =>
        await opened.Page.EvaluateAsync(
            """
            ([name, base64, length]) => {
              const start = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
              const dropped = new DataTransfer();
              dropped.items.add(new File([start, new Uint8Array(Number(length) - start.length)], name, { lastModified: 1 }));
              for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true }));
            }
            """,
            new[] { name, Convert.ToBase64String(SquareSlide.ToTiff()), Length.ToString(System.Globalization.CultureInfo.InvariantCulture) });
}
