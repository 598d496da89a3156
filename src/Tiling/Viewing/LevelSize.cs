namespace IdcFunctions.Tiling.Viewing;

/// <summary>A level's size in its pixels.</summary>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal sealed record LevelSize(long Width, long Height);
