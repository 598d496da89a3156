namespace IdcFunctions.Tiling.Reading;

/// <summary>A rectangle of a level's tiles or strips, counted in tiles or strips.</summary>
/// <param name="Row">The first row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Column">The first column; 0 for strips.</param>
/// <param name="Columns">Number of columns; 1 for strips.</param>
internal readonly record struct ChunkRange(long Row, long Rows, long Column, long Columns);
