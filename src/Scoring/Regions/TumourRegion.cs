using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring.Regions;

/// <summary>A connected region of predicted IDC.</summary>
/// <param name="Patches">Positive patches in it.</param>
/// <param name="AreaMm2">Area of their union, mm².</param>
/// <param name="Box">Bounding box in level-0 pixels.</param>
/// <param name="MeanProbability">Mean P(IDC) over its patches.</param>
/// <param name="MaxProbability">Highest P(IDC).</param>
public sealed record TumourRegion(int Patches, double AreaMm2, PixelRegion Box, double MeanProbability, double MaxProbability);
