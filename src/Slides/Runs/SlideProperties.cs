using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Slides.Runs;

/// <summary>What was read of a slide, and how.</summary>
/// <param name="Format">The reader's name for the format, e.g. <c>aperio</c>, <c>tiff</c>, <c>png</c>.</param>
/// <param name="Width">Level-0 width in pixels.</param>
/// <param name="Height">Level-0 height in pixels.</param>
/// <param name="SpacingX">Level 0's µm/px along x.</param>
/// <param name="SpacingY">Level 0's µm/px along y.</param>
/// <param name="SpacingSource">Where the µm/px came from: <c>metadata</c>, <c>slide</c> or <c>tiff-resolution</c>.</param>
/// <param name="Level">The pyramid level read, 0 = full resolution.</param>
/// <param name="LevelWidth">That level's width in pixels.</param>
/// <param name="LevelHeight">That level's height in pixels.</param>
public sealed record SlideProperties(
    string Format,
    long Width,
    long Height,
    double SpacingX,
    double SpacingY,
    string SpacingSource,
    int Level,
    long LevelWidth,
    long LevelHeight)
{
    /// <summary>
    /// Left edge of the part with content in level-0 pixels (<c>openslide.bounds-x</c>), from which QuPath counts; 0 for
    /// most slides.
    /// </summary>
    public long BoundsX { get; init; }

    /// <summary>Its top edge.</summary>
    public long BoundsY { get; init; }

    /// <summary>The slide's grid for a model.</summary>
    public PatchGrid GridFor(double targetSpacingUmPx, int patchSidePixels, int stridePixels) =>
        new(Width, Height, new MicronsPerPixel(SpacingX, SpacingY), targetSpacingUmPx, patchSidePixels, stridePixels);
}
