using IdcFunctions.Training.Network;

namespace IdcFunctions.Training.Tests;

/// <summary>What lies in a folder of <c>--checkpoints</c> belongs together: weights, the split that they were trained on, the progress.</summary>
public sealed class TrainingFolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private string Run => temporary.At("run");

    public void Dispose() => temporary.Dispose();

    /// <summary>A start that was refused once left its own split.json beside the other training's weights: evaluated on it, they were evaluated on what they had been trained on.</summary>
    [Fact]
    public async Task A_start_that_is_refused_leaves_the_other_trainings_split_and_progress_as_they_were()
    {
        await TrainAsync(["1", "2"], ["3"], "1.0.0");
        var before = Files();

        await AssertRefusedAsync("other options, cases or patches", ["1", "3"], ["2"]);

        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task Weights_of_another_split_whose_checkpoint_is_gone_get_no_split_of_a_new_training_beside_them()
    {
        await TrainAsync(["1", "2"], ["3"], "1.0.0");
        File.Delete(temporary.At("run", Checkpoint.FileName));
        var before = Files();

        await AssertRefusedAsync("epoch-002.dat", ["1", "3"], ["2"]);
        Assert.Equal(before, Files());

        // The same cases: they may have been kept by a start that was killed before its first checkpoint.
        await TrainAsync(["1", "2"], ["3"], "1.0.1");
    }

    /// <summary>What copies a job's folder may open a file in the moment between its making and its writing, and so once ended the training.</summary>
    [Fact]
    public void The_weights_of_an_epoch_are_kept_while_somebody_reads_the_file_that_they_replace()
    {
        using var network = new WideResNet(new NetworkShape(1));
        var folder = new TrainingFolder(Directory.CreateDirectory(Run).FullName);
        File.WriteAllBytes(folder.At("epoch-001.dat"), []);
        using var reader = new FileStream(folder.At("epoch-001.dat"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

        folder.Keep(1, network);

        Assert.Equal(0, reader.Length);
        Assert.True(new FileInfo(folder.At("epoch-001.dat")).Length > 10_000);
        Assert.Single(Directory.EnumerateFiles(Run));
    }

    private async Task TrainAsync(string[] training, string[] validation, string version)
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync(Arguments(training, validation, version));
        Assert.True(exitCode == 0, error);
    }

    private async Task AssertRefusedAsync(string reason, string[] training, string[] validation)
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync(Arguments(training, validation, "2.0.0"));
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Contains("--checkpoints", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private string[] Arguments(string[] training, string[] validation, string version) =>
    [
        SyntheticPatches.Write(temporary.At("set"), ["1", "2", "3", "4"], 3), "--cache", temporary.At("cache"), "--checkpoints", Run, "--out", temporary.At("models"), "--model-version", version,
        "--train-cases", temporary.WriteLines("training.txt", training), "--validation-cases", temporary.WriteLines("validation.txt", validation),
        "--width", "1", "--depth", "10", "--batch", "8", "--threads", "1", "--epochs", "2",
    ];

    private Dictionary<string, string> Files() =>
        Directory.GetFiles(Run).ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(File.ReadAllBytes(file)));
}
