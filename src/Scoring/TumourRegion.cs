using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring;

/// <summary>Neighbouring cells of at least a threshold.</summary>
/// <param name="Cells">Their number.</param>
/// <param name="AreaMm2">Area of their union, mm².</param>
/// <param name="MaxProbability">The highest probability among them.</param>
/// <param name="Box">The smallest rectangle around them, in level-0 pixels.</param>
public sealed record TumourRegion(int Cells, double AreaMm2, double MaxProbability, PixelRegion Box);
