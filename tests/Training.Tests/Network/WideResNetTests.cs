using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Network;

public sealed class WideResNetTests
{
    // By hand for k = 1: stem 432; blocks 2·4,672, 14,432 + 18,560, 57,536 + 73,984 (norms, 3×3 and 1×1 convolutions); norm 128; dense 1,300 + 21.
    [Theory]
    [InlineData(1, 175_737)]
    [InlineData(2, 692_985)]
    [InlineData(4, 2_751_481)]
    public void It_has_the_parameters_counted_by_hand(int width, long expected)
    {
        using var network = new WideResNet(new NetworkShape(width));

        Assert.Equal(expected, network.parameters().Sum(parameter => parameter.numel()));
        Assert.All(network.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    /// <summary>What the page shows of a network is counted without one.</summary>
    [Theory]
    [InlineData(1, 16, 20)]
    [InlineData(2, 10, 7)]
    [InlineData(3, 22, 20)]
    public void The_layers_that_are_shown_have_its_parameters(int width, int depth, int denseUnits)
    {
        var shape = new NetworkShape(width, depth, denseUnits);
        using var network = new WideResNet(shape);

        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), NetworkLayer.Of(shape).Sum(layer => layer.Parameters));
    }

    [Fact]
    public void It_gives_one_logit_a_patch()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new WideResNet(new NetworkShape(1));

        Assert.Equal([3], network.forward(torch.rand(3, 3, 50, 50)).shape);
        Assert.Equal([1], network.forward(torch.rand(1, 3, 50, 50)).shape);
    }

    [Fact]
    public void Predicting_more_patches_than_go_at_once_gives_each_its_own_logit()
    {
        using var network = new WideResNet(new NetworkShape(1));
        var pixels = new byte[300 * PatchDataset.PatchBytes];
        new Random(1).NextBytes(pixels);

        var together = Prediction.Logits(network, pixels);

        Assert.Equal(300, together.Length);
        foreach (var i in (int[])[0, 255, 256, 299])
        {
            Assert.Equal(Prediction.Logits(network, pixels[(i * PatchDataset.PatchBytes)..((i + 1) * PatchDataset.PatchBytes)])[0], together[i], 1e-4f);
        }
    }

    [Fact]
    public void Predicting_holds_on_to_no_tensors()
    {
        using var network = new WideResNet(new NetworkShape(1));
        var pixels = new byte[4 * PatchDataset.PatchBytes];
        Prediction.Logits(network, pixels);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Prediction.Logits(network, pixels);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
