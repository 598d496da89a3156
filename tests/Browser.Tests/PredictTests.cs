using Microsoft.Playwright;
using NetVips;

namespace IdcFunctions.Browser.Tests;

/// <summary>The page for single pictures.</summary>
public sealed class PredictTests(Site site)
{
    [Fact]
    public async Task A_patch_gets_its_probability_and_class()
    {
        await using var opened = await site.OpenAsync("/predict");

        await opened.Page.GetByTestId("picture").SetInputFilesAsync(Dark(50));

        await Assertions.Expect(opened.Page.GetByTestId("verdict")).ToHaveTextAsync("0.992 IDC", new LocatorAssertionsToHaveTextOptions { Timeout = 30_000 });
    }

    [Fact]
    public async Task A_larger_picture_is_asked_for_its_spacing()
    {
        await using var opened = await site.OpenAsync("/predict");

        await opened.Page.GetByTestId("picture").SetInputFilesAsync(Dark(200));

        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the µm/px must be said", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
    }

    /// <summary>The app reads pixels as they are stored; the browser turned the picture by its tag, and the patches lay beside their tissue.</summary>
    [Fact]
    public async Task A_photograph_that_says_how_it_is_to_be_turned_is_shown_as_it_is_scored()
    {
        await using var opened = await site.OpenAsync("/predict");
        await opened.Page.GetByPlaceholder("patch").FillAsync("4");

        await opened.Page.GetByTestId("picture").SetInputFilesAsync(Lying());

        await Assertions.Expect(opened.Page.Locator(".answer")).ToContainTextAsync("400 × 200 px", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        Assert.Equal("400 × 200", await opened.Page.Locator(".answer canvas").EvaluateAsync<string>("(canvas) => `${canvas.width} × ${canvas.height}`"));
    }

    [Fact]
    public async Task The_picture_that_was_chosen_last_is_shown_whichever_is_answered_first()
    {
        await using var opened = await site.OpenAsync("/predict");
        var (isAsked, late, isReleased) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await opened.Page.RouteAsync("**/api/predict", async route =>
        {
            isAsked.SetResult();
            await late.Task;
            try
            {
                await route.ContinueAsync();
            }
            catch (PlaywrightException)
            {
                // The page has given the request up.
            }

            isReleased.SetResult();
        }, new PageRouteOptions { Times = 1 });
        await opened.Page.GetByTestId("picture").SetInputFilesAsync(Dark(50, "first.png"));
        await isAsked.Task;

        await opened.Page.GetByTestId("picture").SetInputFilesAsync(Dark(50, "second.png"));
        await Assertions.Expect(opened.Page.Locator(".answer")).ToContainTextAsync("second.png", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        late.SetResult();
        await isReleased.Task;
        await opened.Page.WaitForTimeoutAsync(1500);

        await Assertions.Expect(opened.Page.Locator(".answer")).ToContainTextAsync("second.png");
    }

    /// <summary>A dark strip beside a pink one, 400 × 200 as stored, whose tag says that it is to be turned by a quarter.</summary>
    private static FilePayload Lying()
    {
        using var pink = Image.Black(400, 200, 3).Linear([1, 1, 1], [226, 160, 196], uchar: true);
        using var picture = pink.Mutate(image =>
        {
            image.DrawRect([50, 40, 90], 0, 0, 200, 200, fill: true);
            image.Set(GValue.GIntType, "orientation", 6);
        });
        using var rgb = picture.Copy(interpretation: Enums.Interpretation.Srgb);
        return new FilePayload { Name = "lying.jpg", MimeType = "image/jpeg", Buffer = rgb.JpegsaveBuffer(q: 95) };
    }

    /// <summary>A picture of red 50, of which the toy model says sigmoid(12 · (0.6 − 50 / 255)).</summary>
    private static FilePayload Dark(int side, string name = "dark.png")
    {
        using var picture = Image.Black(side, side, 3).Linear([1, 1, 1], [50, 40, 90], uchar: true).Copy(interpretation: Enums.Interpretation.Srgb);
        return new FilePayload { Name = name, MimeType = "image/png", Buffer = picture.PngsaveBuffer() };
    }
}
