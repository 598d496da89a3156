using IdcFunctions.Training.Data;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Data;

public sealed class AugmentationTests
{
    private const double Jitter = 0.3;

    [Fact]
    public void A_batch_becomes_float_nchw_within_the_jitters_range()
    {
        using var scope = torch.NewDisposeScope();
        var augmented = Augmentation.Apply(Noise(6), Jitter, new Random(1));

        Assert.Equal([6, 3, 50, 50], augmented.shape);
        Assert.Equal(torch.ScalarType.Float32, augmented.dtype);
        Assert.True(augmented.is_contiguous());

        // 1 + (value − 1) · scale + shift with scale in 1 ± jitter and shift in ± jitter / 3.
        Assert.All(augmented.data<float>().ToArray(), value => Assert.InRange(value, 1 - (1 + Jitter) - (Jitter / 3), 1 + (Jitter / 3)));
    }

    [Fact]
    public void Without_jitter_only_the_orientation_changes()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Noise(2);
        var expected = batch.data<byte>().ToArray().Order().Select(value => value / 255f).ToArray();

        for (var seed = 0; seed < 8; seed++)
        {
            Assert.Equal(expected, Augmentation.Apply(batch, 0, new Random(seed)).data<float>().ToArray().Order());
        }
    }

    [Fact]
    public void All_eight_orientations_occur()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Noise(1);
        var order = new Random(1);

        var seen = Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Augmentation.Apply(batch, 0, order).data<float>().ToArray()))).Distinct();

        Assert.Equal(8, seen.Count());
    }

    [Fact]
    public void White_glass_moves_by_the_shift_alone()
    {
        using var scope = torch.NewDisposeScope();
        var white = torch.full([4, 50, 50, 3], 255, dtype: torch.ScalarType.Byte);

        var augmented = Augmentation.Apply(white, Jitter, new Random(1)).data<float>().ToArray();

        Assert.All(augmented, value => Assert.InRange(value, 1 - (Jitter / 3) - 1e-6, 1 + (Jitter / 3) + 1e-6));
        Assert.All(augmented.Chunk(50 * 50), channel => Assert.Single(channel.Distinct()));
    }

    [Fact]
    public void Each_patch_and_channel_gets_a_jitter_of_its_own()
    {
        using var scope = torch.NewDisposeScope();
        var grey = torch.full([4, 50, 50, 3], 100, dtype: torch.ScalarType.Byte);

        var channels = Augmentation.Apply(grey, Jitter, new Random(1)).data<float>().ToArray().Chunk(50 * 50).Select(channel => channel[0]);

        Assert.Equal(12, channels.Distinct().Count());
    }

    [Fact]
    public void The_same_seeds_augment_alike()
    {
        using var scope = torch.NewDisposeScope();
        var batch = Noise(3);

        float[] Augmented(int seed)
        {
            torch.random.manual_seed(seed);
            return Augmentation.Apply(batch, Jitter, new Random(seed)).data<float>().ToArray();
        }

        Assert.Equal(Augmented(1), Augmented(1));
        Assert.NotEqual(Augmented(1), Augmented(2));
    }

    private static torch.Tensor Noise(int patches)
    {
        var bytes = new byte[patches * PatchDataset.PatchBytes];
        new Random(7).NextBytes(bytes);
        return torch.tensor(bytes, [patches, 50, 50, 3], dtype: torch.ScalarType.Byte);
    }
}
