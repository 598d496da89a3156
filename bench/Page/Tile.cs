namespace IdcFunctions.Bench.Page;

/// <summary>A tile of the Deep Zoom pyramid.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Column">Its column.</param>
/// <param name="Row">Its row.</param>
internal sealed record Tile(int Level, int Column, int Row);
