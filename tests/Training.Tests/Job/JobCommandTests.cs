namespace IdcFunctions.Training.Tests.Job;

public sealed class JobCommandTests
{
    /// <summary>All at once, and before storage is asked.</summary>
    [Fact]
    public async Task Options_out_of_their_range_are_told()
    {
        var (exitCode, _, error) = await TrainingProgram.RunAsync("job", "--visibility", "00:00:01", "--lock-lease", "00:02:00", "--hour-price", "-1", "--most-hours", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("--visibility: '00:00:01' is no duration (hh:mm:ss) between 00:00:10 and 7.00:00:00.", error, StringComparison.Ordinal);
        Assert.Contains("--lock-lease: '00:02:00' is no duration (hh:mm:ss) between 00:00:15 and 00:01:00.", error, StringComparison.Ordinal);
        Assert.Contains("--hour-price: '-1' is no price from 0.", error, StringComparison.Ordinal);
        Assert.Contains("--most-hours: '0' is no number of hours above 0 and at most 1008.", error, StringComparison.Ordinal);
    }
}
