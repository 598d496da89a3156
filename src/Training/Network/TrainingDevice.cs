using TorchSharp;

namespace IdcFunctions.Training.Network;

/// <summary>The device that trains.</summary>
public static class TrainingDevice
{
    /// <summary>Finds the device that was chosen.</summary>
    /// <exception cref="TrainingException">A GPU is asked for and none can be used.</exception>
    public static torch.Device Find(DeviceChoice choice) =>
        choice != DeviceChoice.Cpu && torch.cuda.is_available() ? torch.CUDA
        : choice != DeviceChoice.Cuda ? torch.CPU
        : throw new TrainingException(
            "--device Cuda: no GPU can be used. "
            + "Start the program that is built with -p:Accelerator=Cuda on a machine with an NVIDIA GPU and its driver, or give --device Cpu.");
}
