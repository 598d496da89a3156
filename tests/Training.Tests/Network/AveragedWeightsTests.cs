using IdcFunctions.Training.Network;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Network;

public sealed class AveragedWeightsTests
{
    [Fact]
    public void It_starts_as_a_copy_of_its_own()
    {
        using var scope = torch.NewDisposeScope();
        using var trained = new WideResNet(new NetworkShape(1));
        using var average = new AveragedWeights(trained, 0.9);
        var before = Values(average.Network, "last.bias");

        Fill(trained, 5);

        Assert.Equal(before, Values(average.Network, "last.bias"));
        Assert.False(average.Network.training);
    }

    [Fact]
    public void The_first_step_weighs_by_how_few_there_were()
    {
        using var scope = torch.NewDisposeScope();
        using var trained = new WideResNet(new NetworkShape(1));
        Fill(trained, 0);
        using var average = new AveragedWeights(trained, 0.9);
        Fill(trained, 1);

        average.Update(1);
        Assert.Equal(1 - (2 / 11f), Values(average.Network, "last.bias")[0], 1e-6f);

        average.Update(2);
        Assert.Equal(1 - (2 / 11f * (3 / 12f)), Values(average.Network, "last.bias")[0], 1e-6f);
    }

    [Fact]
    public void Means_and_variances_of_the_norms_are_averaged_too()
    {
        using var scope = torch.NewDisposeScope();
        using var trained = new WideResNet(new NetworkShape(1));
        using var average = new AveragedWeights(trained, 0.5);
        Fill(trained, 3);

        for (var step = 1; step <= 60; step++)
        {
            average.Update(step);
        }

        foreach (var name in (string[])["norm.running_mean", "norm.running_var", "stem.weight"])
        {
            Assert.All(Values(average.Network, name), value => Assert.Equal(3, value, 1e-5f));
        }
    }

    private static void Fill(WideResNet network, float value)
    {
        using var noGradients = torch.no_grad();
        foreach (var tensor in network.state_dict().Values.Where(tensor => tensor.is_floating_point()))
        {
            tensor.fill_(value);
        }
    }

    private static float[] Values(WideResNet network, string name) => network.state_dict()[name].detach().data<float>().ToArray();
}
