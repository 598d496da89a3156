using System.Text;
using System.Text.Json;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training.Tests.Reporting;

/// <summary>What a training says of itself from its first start to its model.</summary>
public sealed class ProgressFileTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private ModelTarget Target => new(temporary.At("models"), "told", "1.0.0");

    public void Dispose() => temporary.Dispose();

    /// <summary>A job pays for its machine while it fetches the data set and while the model is written; only the steps were once counted.</summary>
    [Fact]
    public void What_comes_before_the_steps_and_after_them_counts()
    {
        Train(TextWriter.Null);

        var progress = Progress();
        Assert.Equal("succeeded", progress.Status);
        Assert.InRange(progress.SpentSeconds, 3600, 3900);
        Assert.Equal(progress.SpentSeconds / 3600 * 2, progress.Cost, 9);
        Assert.True(progress.UpdatedAt.UtcDateTime >= File.GetLastWriteTimeUtc(Path.Combine(Target.Path, "config.json")), "It had succeeded before its model was written.");
    }

    [Fact]
    public void A_training_whose_model_can_not_be_written_has_failed()
    {
        Assert.Throws<IOException>(() => Train(new AtTheEnd(() => Directory.CreateDirectory(Target.Path))));

        var progress = Progress();
        Assert.Equal("failed", progress.Status);
        Assert.Contains("never overwritten", progress.Reason, StringComparison.Ordinal);
    }

    /// <summary>A start that failed before its first step once took the curves of those before it away.</summary>
    [Fact]
    public void A_start_that_ends_before_its_first_step_keeps_what_is_told_of_those_before_it()
    {
        Train(TextWriter.Null);
        var before = Progress();

        new ProgressFile(temporary.At("run"), temporary.At("run"), 2, TimeSpan.Zero, TimeProvider.System).End("failed", "out of memory");

        var after = Progress();
        Assert.Equal(("failed", "out of memory"), (after.Status, after.Reason));
        Assert.Equal(before.Training!.Epochs, after.Training!.Epochs);
        Assert.Equal(before.Losses, after.Losses);
        Assert.True(after.SpentSeconds >= before.SpentSeconds);
    }

    private void Train(TextWriter log) => new TrainingRun(
        new TrainingRequest
        {
            Dataset = SyntheticPatches.Write(temporary.At("set"), ["1", "2", "3"], 3),
            Cache = temporary.At("cache"),
            Target = Target,
            Options = TrainedNetwork.Options(epochs: 2) with { Depth = 10 },
            Checkpoints = temporary.At("run"),
            HourPrice = 2,
            Preparation = TimeSpan.FromHours(1),
        },
        TimeProvider.System,
        log).Run(TestContext.Current.CancellationToken);

    private TrainingReport Progress() => JsonSerializer.Deserialize<TrainingReport>(File.ReadAllBytes(temporary.At("run", ProgressFile.Name)), TrainingJson.Options)!;

    /// <summary>A log that does something when the last epoch is told.</summary>
    private sealed class AtTheEnd(Action act) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (value?.StartsWith("epoch 2/2", StringComparison.Ordinal) == true)
            {
                act();
            }
        }
    }
}
