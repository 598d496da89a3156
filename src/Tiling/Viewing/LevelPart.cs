namespace IdcFunctions.Tiling.Viewing;

/// <summary>A rectangle of a level in that level's pixels, whose edges may lie within pixels.</summary>
/// <param name="MinX">Left edge.</param>
/// <param name="MinY">Top edge.</param>
/// <param name="MaxX">Right edge.</param>
/// <param name="MaxY">Bottom edge.</param>
internal readonly record struct LevelPart(double MinX, double MinY, double MaxX, double MaxY);
