using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Tests;

/// <summary>Opens a test's slide as the function app does, for a model of 50 × 50 px at 4 µm/px.</summary>
internal static class SlideUnderTest
{
    public const string Name = "case 7/a.svs";

    /// <summary>No test's slide takes longer, so one that does hangs; a decoder that hangs can't be cancelled.</summary>
    private static readonly TimeSpan HangAfter = TimeSpan.FromSeconds(60);

    public static TilingRequest Request(double? spacing = null) => new(Name, spacing, 4, 50, 50, null, false, "box", 0.05);

    public static Task<CollectedSlide> OpenAsync(byte[] content, double? spacing = null) => OpenAsync(new MemoryRangeSource(content), spacing);

    public static Task<CollectedSlide> OpenAsync(byte[] content, TilingRequest request) =>
        CollectedSlide.OpenAsync(new MemoryRangeSource(content), request, TestContext.Current.CancellationToken);

    public static Task<CollectedSlide> OpenAsync(IRangeSource source, double? spacing = null) =>
        CollectedSlide.OpenAsync(source, Request(spacing), TestContext.Current.CancellationToken).WaitAsync(HangAfter, TestContext.Current.CancellationToken);

    /// <summary>Asserts that the slide is refused with this code, in words that name the slide and a way out.</summary>
    public static async Task<SlideFailure> AssertRefusedAsync(string code, byte[] content, double? spacing = null)
    {
        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => OpenAsync(content, spacing));

        Assert.Equal((code, "tile"), (refused.Failure.Code, refused.Failure.Step));
        Assert.StartsWith(Name + ": ", refused.Failure.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Failure.Remedy);
        return refused.Failure;
    }
}
