using System.Globalization;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Reading;
using NetVips;

namespace IdcFunctions.Bench.Tissue;

/// <summary>Tissue masks by other people's recipes, and which cells they would plan.</summary>
internal static class IndependentMask
{
    /// <summary>
    /// HistoQC (config v2.1): grey minimum over a disk of 5 px at 1.25× (8 µm/px), below 210; objects under 64 px go.
    /// The disk is a square of 11 px here.
    /// </summary>
    public static string HistoQc(TiledSlide tiled, byte[] greyPixels)
    {
        using var grey = Grey(tiled, greyPixels);
        using var small = grey.Shrink(2, 2);
        using var darkest = small.Rank(11, 11, 0);
        using var tissue = darkest < 210;
        using var kept = WithoutSmallObjects(tissue, 64);
        using var large = kept.Zoom(2, 2);
        return Compare(tiled, large);
    }

    /// <summary>scikit-image's usual recipe: Otsu's threshold on grey (threshold_otsu), objects under 64 px go (remove_small_objects).</summary>
    public static string Otsu(TiledSlide tiled, byte[] greyPixels)
    {
        using var grey = Grey(tiled, greyPixels);
        using var tissue = grey <= OtsuThreshold(grey.WriteToMemory<byte>());
        using var kept = WithoutSmallObjects(tissue, 64);
        return Compare(tiled, kept);
    }

    /// <summary>All cells of a slide in grey, one byte a target pixel.</summary>
    public static async Task<byte[]> GreyPixelsAsync(IRangeSource source, TilingRequest request, TiledSlide tiled)
    {
        var (side, grid) = (tiled.Grid.PatchSidePixels, tiled.Grid);
        var bytes = new byte[grid.PixelWidth * grid.PixelHeight];
        var cells = Enumerable.Range(0, grid.Columns * grid.Rows).Select(cell => new PlannedCell(cell / grid.Columns, cell % grid.Columns, Slides.PatchQualities.None));
        await SlideTiler.CutAsync(source, request, [.. cells], Receive, CancellationToken.None);
        return bytes;

        ValueTask Receive(IReadOnlyList<PlannedCell> cut, ReadOnlyMemory<byte> patches, CancellationToken cancellationToken)
        {
            for (var i = 0; i < cut.Count * side * side; i++)
            {
                var (cell, pixel) = (cut[i / (side * side)], i % (side * side));
                var rgb = patches.Span.Slice(3 * i, 3);
                var grey = (0.2125 * rgb[0]) + (0.7154 * rgb[1]) + (0.0721 * rgb[2]);
                bytes[(((cell.Row * side) + (pixel / side)) * grid.PixelWidth) + (cell.Column * side) + (pixel % side)] = (byte)Math.Round(grey);
            }

            return ValueTask.CompletedTask;
        }
    }

    private static Image Grey(TiledSlide tiled, byte[] pixels) =>
        Image.NewFromMemory(pixels, tiled.Grid.PixelWidth, tiled.Grid.PixelHeight, 1, Enums.BandFormat.Uchar);

    private static int OtsuThreshold(byte[] pixels)
    {
        var counts = new double[256];
        foreach (var pixel in pixels)
        {
            counts[pixel]++;
        }

        var sum = counts.Select((count, value) => count * value).Sum();
        double below = 0, sumBelow = 0, best = -1;
        var threshold = 0;
        for (var value = 0; value < 255; value++)
        {
            below += counts[value];
            sumBelow += counts[value] * value;
            var above = pixels.Length - below;
            if (below > 0 && above > 0 && below * above * Math.Pow((sumBelow / below) - ((sum - sumBelow) / above), 2) is var between && between > best)
            {
                (best, threshold) = (between, value);
            }
        }

        return threshold;
    }

    private static Image WithoutSmallObjects(Image mask, int leastPixels)
    {
        var (width, height) = (mask.Width, mask.Height);
        var pixels = mask.WriteToMemory<byte>();
        var isSeen = new bool[pixels.Length];
        var open = new Stack<int>();
        for (var start = 0; start < pixels.Length; start++)
        {
            if (pixels[start] == 0 || isSeen[start])
            {
                continue;
            }

            var part = new List<int>();
            open.Push(start);
            isSeen[start] = true;
            while (open.TryPop(out var at))
            {
                part.Add(at);
                foreach (var next in new[] { at % width > 0 ? at - 1 : -1, at % width < width - 1 ? at + 1 : -1, at - width, at + width })
                {
                    if (next >= 0 && next < pixels.Length && pixels[next] != 0 && !isSeen[next])
                    {
                        isSeen[next] = true;
                        open.Push(next);
                    }
                }
            }

            if (part.Count < leastPixels)
            {
                part.ForEach(at => pixels[at] = 0);
            }
        }

        return Image.NewFromMemory(pixels, width, height, 1, Enums.BandFormat.Uchar);
    }

    /// <summary>Cells planned by both or neither, of all; and those planned by only one. The same share of a cell plans it.</summary>
    private static string Compare(TiledSlide tiled, Image mask)
    {
        var (side, grid) = (tiled.Grid.PatchSidePixels, tiled.Grid);
        var pixels = mask.WriteToMemory<byte>();
        var ours = tiled.TissueCells.Select(cell => cell.Cell).ToHashSet();
        var least = new TilingOptions().MinTissueFraction * side * side;
        int same = 0, onlyTheirs = 0, onlyOurs = 0;
        for (var cell = 0; cell < grid.Columns * grid.Rows; cell++)
        {
            var place = new PatchCell(cell / grid.Columns, cell % grid.Columns);
            var tissue = Enumerable.Range(0, side * side).Count(i => pixels[(((place.Row * side) + (i / side)) * mask.Width) + (place.Column * side) + (i % side)] != 0);
            var (isOurs, isTheirs) = (ours.Contains(place), tissue >= least);
            same += isOurs == isTheirs ? 1 : 0;
            onlyTheirs += isTheirs && !isOurs ? 1 : 0;
            onlyOurs += isOurs && !isTheirs ? 1 : 0;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(double)same / (grid.Columns * grid.Rows):0.0 %} ({onlyTheirs} / {onlyOurs})");
    }
}
