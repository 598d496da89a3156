using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Fixtures;

/// <summary>A run of a slide that is stored nowhere, where only its rows and names matter.</summary>
public static class ToyRun
{
    /// <summary>Its settings: 16 patches of 50×50 px at 4 µm/px a batch.</summary>
    public static RunSettings Settings(string slide) =>
        new(slide, "\"0x1\"", 1, "toy", "1.0.0", "ab", new TilingSettings(null, 4, 50, 50, null, false, "box", 0.05, 16, "1"), "");
}
