using IdcFunctions.Tiling.Reading.Pixels;

namespace IdcFunctions.Tiling.Reduction;

/// <summary>What a block of a level adds to the target pixels that it overlaps.</summary>
/// <param name="Left">The first target column.</param>
/// <param name="Top">The first target row.</param>
/// <param name="Columns">Target columns.</param>
/// <param name="Rows">Target rows.</param>
/// <param name="Sums">Sums of pixels by their shares, RGB, rows × columns × 3; empty where the level is taken as it is.</param>
/// <param name="Exact">The block itself where the level is taken as it is; it begins at the same row and column.</param>
/// <param name="CompleteRows">Target rows that are complete when this block and all before it are added.</param>
internal sealed record ReducedBlock(int Left, int Top, int Columns, int Rows, float[] Sums, PixelBlock? Exact, int CompleteRows) : IDisposable
{
    /// <summary>Gives the block's memory back.</summary>
    public void Dispose() => Exact?.Dispose();
}
