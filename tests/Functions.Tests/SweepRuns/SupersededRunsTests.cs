using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Tests.SweepRuns;

public sealed class SupersededRunsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(100);

    [Fact]
    public void The_last_complete_run_of_the_two_newest_models_stays_and_what_is_older_goes()
    {
        RunRow[] runs =
        [
            Run("a", RunState.Complete, "1.0.0", 1), Run("b", RunState.Complete, "1.0.0", 2), Run("c", RunState.Superseded, "2.0.0", 3),
            Run("d", RunState.Complete, "2.0.0", 4), Run("e", RunState.Failed, "3.0.0", 5), Run("f", RunState.Complete, "3.0.0", 6), Run("g", RunState.Superseded, "3.0.0", 7),
        ];

        Assert.Equal(["a", "b", "c", "e"], Deleted(runs, "f"));
    }

    [Fact]
    public void A_run_stays_while_one_that_stays_reads_its_patches()
    {
        var reader = Run("c", RunState.Scoring, "1.0.0", 3);
        reader.PatchesRun = "a";
        RunRow[] runs = [Run("a", RunState.Complete, "1.0.0", 1), Run("b", RunState.Complete, "1.0.0", 2), reader];

        Assert.Empty(Deleted(runs, "b"));
        reader.State = nameof(RunState.Complete);
        Assert.Equal(["b"], Deleted(runs, "c"));
        Assert.Equal(["a", "b", "c"], Deleted([.. runs, Run("d", RunState.Complete, "1.0.0", 4)], "d"));
    }

    [Fact]
    public void Nothing_goes_that_changed_a_short_while_ago_or_before_a_run_is_complete()
    {
        var recent = Run("a", RunState.Superseded, "1.0.0", 1);
        recent.Timestamp = Now;

        Assert.Empty(Deleted([recent, Run("b", RunState.Complete, "1.0.0", 2)], "b"));
        Assert.Empty(Deleted([Run("a", RunState.Superseded, "1.0.0", 1), Run("b", RunState.Scoring, "1.0.0", 2)], "b"));
    }

    private static IEnumerable<string> Deleted(RunRow[] runs, string published) =>
        SupersededRuns.ToDelete(new SlideRow { WantedRun = published, PublishedRun = published }, runs, Now.AddDays(-1)).Select(run => run.RowKey);

    private static RunRow Run(string name, RunState state, string model, int day) => new()
    {
        RowKey = name,
        State = state.ToString(),
        Decided = DateTimeOffset.UnixEpoch.AddDays(day),
        Timestamp = DateTimeOffset.UnixEpoch.AddDays(day),
        Settings = RunRow.SettingsOf(ToyRun.Settings("a") with { ModelVersion = model }),
    };
}
