using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace IdcFunctions.Training.Tests.Network;

/// <summary>
/// Whether tensors lie where they should, without a GPU: torch's device "meta" has shapes and no values, and refuses tensors of
/// another device as a GPU does. It has no convolutions.
/// </summary>
public sealed class TrainingDeviceTests(TemporaryFolder temporary) : IClassFixture<TemporaryFolder>
{
    [Fact]
    public void Stains_are_varied_where_the_batch_is()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(DeviceType.META, StainSpace.Vary(zeros([4, 50, 50, 3], device: META), ones([4, 3], device: META), zeros([4, 3], device: META)).device_type);
    }

    [Fact]
    public void The_average_of_a_networks_weights_is_where_the_network_is()
    {
        using var network = new WideResNet(new NetworkShape(1)).to(META);
        using var average = new AveragedWeights(network, 0.9);

        average.Update(1);

        Assert.All(average.Network.state_dict().Values, tensor => Assert.Equal(DeviceType.META, tensor.device_type));
    }

    [Fact]
    public void A_checkpoint_is_restored_to_the_networks_device()
    {
        var path = temporary.At("device.ckpt");
        using (var network = new WideResNet(new NetworkShape(1)))
        using (var optimizer = optim.SGD(network.parameters(), 0.1, 0.9))
        {
            using var scope = NewDisposeScope();
            network.forward(rand(2, 3, 50, 50)).sum().backward();
            optimizer.step();
            new Checkpoint(path, "same").Save(TrainingProgress.Start, network, network, null, optimizer);
        }

        using var elsewhere = new WideResNet(new NetworkShape(1)).to(META);
        using var moved = optim.SGD(elsewhere.parameters(), 0.1, 0.9);
        var before = elsewhere.parameters().Select(parameter => parameter.Handle).ToList();
        new Checkpoint(path, "same").Load(elsewhere, elsewhere, null, moved);

        Assert.Equal(before, elsewhere.parameters().Select(parameter => parameter.Handle));
        Assert.All(moved.state_dict().State.Cast<TorchSharp.Modules.SGD.State>(), state => Assert.Equal(DeviceType.META, state.momentum_buffer.device_type));
        Assert.Equal(DeviceType.META, elsewhere.Device.type);
    }

    [Fact]
    public void Without_a_gpu_one_that_is_asked_for_is_refused_with_the_way_out()
    {
        Assert.SkipWhen(cuda.is_available(), "There is a GPU here.");

        var refused = Assert.Throws<TrainingException>(() => TrainingDevice.Find(DeviceChoice.Cuda));

        Assert.Contains("Accelerator=Cuda", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DeviceType.CPU, TrainingDevice.Find(DeviceChoice.Auto).type);
        Assert.Equal(DeviceType.CPU, TrainingDevice.Find(DeviceChoice.Cpu).type);
    }
}
