using System.Runtime.InteropServices;
using IdcFunctions.Training.Data;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Data;

public sealed class AugmentationTests
{
    private const double Jitter = 0.3;

    [Fact]
    public void A_batch_becomes_float_nchw_from_0_to_1()
    {
        using var scope = torch.NewDisposeScope();
        var augmented = Augmentation.Apply(Noise(6), 0, Jitter);

        Assert.Equal([6, 3, 50, 50], augmented.shape);
        Assert.Equal(torch.ScalarType.Float32, augmented.dtype);
        Assert.All(Values(augmented), value => Assert.InRange(value, 0, 1));
    }

    /// <summary>Convolutions and norms are faster so, and it is how the patches lie.</summary>
    [Fact]
    public void The_channels_lie_last_in_memory()
    {
        using var scope = torch.NewDisposeScope();

        Assert.Equal([7500, 1, 150, 3], Augmentation.Apply(Noise(2), 0, Jitter).stride());
    }

    [Fact]
    public void Without_jitter_only_the_orientation_changes()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Noise(1);
        var expected = batch.data<byte>().ToArray().Order().Select(value => value / 255f).ToArray();

        for (var draw = 0; draw < 8; draw++)
        {
            Assert.Equal(expected, Values(Augmentation.Apply(batch, 0, 0)).Order());
        }
    }

    /// <summary>Once a whole batch was turned one way.</summary>
    [Fact]
    public void The_patches_of_one_batch_come_in_all_eight_orientations()
    {
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(1);
        var batch = Noise(1).expand(100, -1, -1, -1);

        var seen = Values(Augmentation.Apply(batch, 0, 0)).Chunk(PatchDataset.PatchBytes).Select(patch => Convert.ToHexString(MemoryMarshal.AsBytes<float>(patch))).Distinct();

        Assert.Equal(8, seen.Count());
    }

    /// <summary>Rows that count upwards show how far each patch was moved; beyond the edge they count back.</summary>
    [Fact]
    public void A_shift_moves_each_patch_by_itself_and_mirrors_its_edges()
    {
        const int Shift = 4;
        using var scope = torch.NewDisposeScope();
        torch.random.manual_seed(1);
        var rows = torch.arange(50, dtype: torch.ScalarType.Byte).view(1, 50, 1, 1).expand(200, 50, 50, 3).contiguous();

        var patches = Values(Augmentation.Apply(rows, Shift, 0)).Chunk(PatchDataset.PatchBytes).Select(values => values.Select(value => (int)MathF.Round(value * 255)).ToArray()).ToList();

        var moves = new HashSet<int>();
        foreach (var patch in patches)
        {
            // A transposed patch counts along its columns, a flipped one downwards.
            var isTransposed = patch[0] != patch[1];
            var line = Enumerable.Range(0, 50).Select(i => patch[isTransposed ? i : i * 50]).ToArray();
            var upwards = line[10] < line[11] ? line : [.. line.Reverse()];
            var move = upwards[10] - 10;
            moves.Add(move);
            Assert.Equal(Enumerable.Range(move, 50).Select(row => row < 0 ? -row : row > 49 ? 98 - row : row), upwards);
        }

        Assert.Equal(Enumerable.Range(-Shift, (2 * Shift) + 1), moves.Order());
    }

    [Fact]
    public void Each_patch_gets_a_jitter_of_its_own_and_all_its_pixels_the_same()
    {
        using var scope = torch.NewDisposeScope();
        var grey = torch.full([4, 50, 50, 3], 100, dtype: torch.ScalarType.Byte);

        var channels = Values(Augmentation.Apply(grey, 0, Jitter)).Chunk(50 * 50).ToList();

        Assert.All(channels, channel => Assert.Single(channel.Distinct()));
        Assert.Equal(12, channels.Select(channel => channel[0]).Distinct().Count());
    }

    [Fact]
    public void The_same_seeds_augment_alike()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Noise(3);

        float[] Augmented(int seed)
        {
            torch.random.manual_seed(seed);
            return Values(Augmentation.Apply(batch, 0, Jitter));
        }

        Assert.Equal(Augmented(1), Augmented(1));
        Assert.NotEqual(Augmented(1), Augmented(2));
    }

    private static float[] Values(torch.Tensor tensor) => tensor.contiguous().data<float>().ToArray();

    private static torch.Tensor Noise(int patches)
    {
        var bytes = new byte[patches * PatchDataset.PatchBytes];
        new Random(7).NextBytes(bytes);
        return torch.tensor(bytes, [patches, 50, 50, 3], dtype: torch.ScalarType.Byte);
    }
}
