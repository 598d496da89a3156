using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training.Tests;

/// <summary>Networks after a few steps on made patches: far from good, but with norms that are no longer trivial.</summary>
public static class TrainedNetwork
{
    /// <summary>Options of a training that takes seconds.</summary>
    public static TrainingOptions Options(int width = 1, int epochs = 1) => new() { Width = width, Epochs = epochs, BatchSize = 8, Threads = 1 };

    /// <summary>A made data set of four cases, six patches each.</summary>
    public static PatchDataset Patches(TemporaryFolder folder) => PatchDataset.Load(SyntheticPatches.Write(folder.At("set"), Cases, 3), Cases);

    /// <summary>Trains on <paramref name="data"/>: three steps an epoch.</summary>
    public static WideResNet Train(PatchDataset data, TrainingOptions options, Checkpoint? checkpoint = null, WideResNet? initial = null) =>
        new Trainer(options, initial, checkpoint, TimeProvider.System).Train(data, (_, _) => NoFigures, _ => { }, TestContext.Current.CancellationToken);

    /// <summary>Figures for trainings that are not evaluated.</summary>
    public static Metrics NoFigures { get; } = new(0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static HashSet<string> Cases => ["1", "2", "3", "4"];
}
