using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Functions.Storage;

/// <summary>Which of a run's patches are asked for.</summary>
/// <param name="MinProbability">Only patches with at least this probability.</param>
/// <param name="Region">Only patches that overlap this region of level 0.</param>
/// <param name="After">Only patches after this cell in grid order: where the last page ended.</param>
/// <param name="Top">At most so many.</param>
public sealed record PatchQuery(double? MinProbability, PixelRegion? Region, PatchCell? After, int Top);
