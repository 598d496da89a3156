using System.Runtime.CompilerServices;

// Torch has one random generator and one pool of threads in a process: tests that share them run one after the other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace IdcFunctions.Training.Tests;

/// <summary>What has to happen before any test touches TorchSharp.</summary>
internal static class TestAssembly
{
    [ModuleInitializer]
    internal static void PrepareLibtorch()
    {
        LibtorchCompatibility.Prepare();

        // Two threads that wait for each other are slower than one on a busy machine.
        TorchSharp.torch.set_num_threads(1);
    }
}
