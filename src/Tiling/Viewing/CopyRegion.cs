namespace IdcFunctions.Tiling.Viewing;

/// <summary>A part of a slide as OpenSlide is asked for it.</summary>
/// <param name="Level">The level.</param>
/// <param name="X">Left edge in level-0 pixels.</param>
/// <param name="Y">Top edge in level-0 pixels.</param>
/// <param name="Width">Width in the level's pixels.</param>
/// <param name="Height">Height in the level's pixels.</param>
internal sealed record CopyRegion(int Level, long X, long Y, int Width, int Height);
