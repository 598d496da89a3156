using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Tests;

/// <summary>A tiled slide with all that was delivered of it.</summary>
internal sealed class CollectedSlide
{
    private readonly IRangeSource source;
    private readonly TilingRequest request;
    private readonly Dictionary<PatchCell, byte[]> patches = [];

    private CollectedSlide(IRangeSource source, TilingRequest request)
    {
        this.source = source;
        this.request = request;
    }

    public TiledSlide Tiled { get; private set; } = null!;

    public SlideProperties Properties => Tiled.Properties;

    public PatchGrid Grid => Tiled.Grid;

    public ImmutableArray<PlannedCell> TissueCells => Tiled.TissueCells;

    public static async Task<CollectedSlide> OpenAsync(IRangeSource source, TilingRequest request, CancellationToken cancellationToken)
    {
        var slide = new CollectedSlide(source, request);
        slide.Tiled = await SlideTiler.TileAsync(source, request, slide.Receive, cancellationToken);
        Assert.Equal(slide.TissueCells.Select(cell => cell.Cell), slide.patches.Keys);
        return slide;
    }

    /// <summary>Copies patches of planned cells as they were delivered, of others as they are cut on demand.</summary>
    public void Cut(ReadOnlySpan<PlannedCell> cells, Span<byte> target)
    {
        foreach (var cell in cells)
        {
            if (!patches.ContainsKey(cell.Cell))
            {
                var all = Enumerable.Range(0, Grid.Rows * Grid.Columns).Select(i => new PlannedCell(i / Grid.Columns, i % Grid.Columns, default));
                SlideTiler.CutAsync(source, request, [.. all], Receive, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            }

            patches[cell.Cell].CopyTo(target);
            target = target[patches[cell.Cell].Length..];
        }
    }

    private ValueTask Receive(IReadOnlyList<PlannedCell> cells, ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken)
    {
        var length = request.PatchSidePixels * request.PatchSidePixels * 3;
        for (var i = 0; i < cells.Count; i++)
        {
            patches[cells[i].Cell] = pixels.Slice(i * length, length).ToArray();
        }

        return ValueTask.CompletedTask;
    }
}
