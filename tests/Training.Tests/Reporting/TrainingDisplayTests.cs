using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training.Tests.Reporting;

public sealed class TrainingDisplayTests
{
    /// <summary>Days were once dropped: 27 hours were told as 3.</summary>
    [Theory]
    [InlineData(99_999, "27:46:39 left")]
    [InlineData(3_661, " 1:01:01 left")]
    [InlineData(59.9, " 0:00:59 left")]
    public void The_time_left_is_told_in_whole_hours(double seconds, string told)
    {
        using var log = new StringWriter();
        var snapshot = new TrainingSnapshot(1, 2, 0.5, 0.5, 0.1, 100, seconds, [new EpochResult(1, 0.5, TrainedNetwork.NoFigures)]);

        new TrainingDisplay(2, TimeProvider.System, log).While(show =>
        {
            show(snapshot with { Step = 0, Epochs = [] });
            show(snapshot);
            return 0;
        });

        Assert.Contains(told, log.ToString(), StringComparison.Ordinal);
    }
}
