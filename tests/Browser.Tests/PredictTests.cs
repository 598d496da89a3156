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

    /// <summary>A picture of red 50, of which the toy model says sigmoid(12 · (0.6 − 50 / 255)).</summary>
    private static FilePayload Dark(int side)
    {
        using var picture = Image.Black(side, side, 3).Linear([1, 1, 1], [50, 40, 90], uchar: true).Copy(interpretation: Enums.Interpretation.Srgb);
        return new FilePayload { Name = "dark.png", MimeType = "image/png", Buffer = picture.PngsaveBuffer() };
    }
}
