namespace IdcFunctions.Tiling.Reduction;

/// <summary>Puts the reduced blocks of a level together, row by row; holds the rows of one row of blocks.</summary>
internal sealed class TargetRows(BoxReduction reduction)
{
    private readonly List<Row> open = [];
    private readonly Stack<Row> unused = [];
    private int first;

    /// <summary>The target's rows from top to bottom, uint8 RGB, width × 3; each is valid until the next.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Of(IEnumerable<ReducedBlock> blocks)
    {
        foreach (var block in blocks)
        {
            Add(block);
            for (; first < block.CompleteRows; first++)
            {
                var row = open[0];
                open.RemoveAt(0);
                if (!reduction.IsExact)
                {
                    reduction.Finish(first, row.Sums, row.Rgb);
                    Array.Clear(row.Sums);
                }

                yield return row.Rgb;
                unused.Push(row);
            }
        }
    }

    private void Add(ReducedBlock block)
    {
        while (first + open.Count < block.Top + block.Rows)
        {
            open.Add(unused.TryPop(out var row)
                ? row
                : new Row(new byte[reduction.Width * 3], new float[reduction.IsExact ? 0 : reduction.Width * 3]));
        }

        using var exact = block.Exact;
        for (var i = 0; i < block.Rows; i++)
        {
            var row = open[block.Top + i - first];
            if (exact is not null)
            {
                exact.Row(i)[..(block.Columns * 3)].CopyTo(row.Rgb.AsSpan(block.Left * 3));
                continue;
            }

            var sums = row.Sums.AsSpan(block.Left * 3, block.Columns * 3);
            var added = block.Sums.AsSpan(i * block.Columns * 3, block.Columns * 3);
            for (var x = 0; x < sums.Length; x++)
            {
                sums[x] += added[x];
            }
        }
    }

    private sealed record Row(byte[] Rgb, float[] Sums);
}
