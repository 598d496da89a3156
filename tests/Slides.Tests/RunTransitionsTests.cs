using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Slides.Tests;

public sealed class RunTransitionsTests
{
    /// <summary>How many moves there are: with the one test a move, none can be added or lost unnoticed.</summary>
    private const int Moves = 35;

    [Theory]
    [InlineData(RunState.Waiting, RunState.Tiling, RunActor.SweepRuns)]
    [InlineData(RunState.Tiling, RunState.Scoring, RunActor.TileSlide)]
    [InlineData(RunState.Scoring, RunState.Complete, RunActor.CompleteSlide)]
    [InlineData(RunState.Tiling, RunState.Failed, RunActor.TileSlide)]
    [InlineData(RunState.Scoring, RunState.Failed, RunActor.TileSlide)]
    [InlineData(RunState.Scoring, RunState.Failed, RunActor.ScoreBatch)]
    [InlineData(RunState.Scoring, RunState.Failed, RunActor.CompleteSlide)]
    [InlineData(RunState.Tiling, RunState.Failed, RunActor.FailPoisoned)]
    [InlineData(RunState.Scoring, RunState.Failed, RunActor.FailPoisoned)]
    [InlineData(RunState.Tiling, RunState.Failed, RunActor.SweepRuns)]
    [InlineData(RunState.Scoring, RunState.Failed, RunActor.SweepRuns)]
    [InlineData(RunState.Failed, RunState.Tiling, RunActor.Api)]
    [InlineData(RunState.Superseded, RunState.Tiling, RunActor.Api)]
    [InlineData(RunState.Failed, RunState.Scoring, RunActor.TileSlide)]
    [InlineData(RunState.Failed, RunState.Complete, RunActor.CompleteSlide)]
    [InlineData(RunState.Tiling, RunState.Complete, RunActor.CompleteSlide)]
    [InlineData(RunState.Superseded, RunState.Tiling, RunActor.TileSlide)]
    [InlineData(RunState.Superseded, RunState.Tiling, RunActor.ScoreBatch)]
    [InlineData(RunState.Superseded, RunState.Tiling, RunActor.CompleteSlide)]
    [InlineData(RunState.Superseded, RunState.Tiling, RunActor.SweepRuns)]
    [InlineData(RunState.Waiting, RunState.Superseded, RunActor.SweepRuns)]
    [InlineData(RunState.Waiting, RunState.Superseded, RunActor.TileSlide)]
    [InlineData(RunState.Tiling, RunState.Superseded, RunActor.TileSlide)]
    [InlineData(RunState.Tiling, RunState.Superseded, RunActor.SweepRuns)]
    [InlineData(RunState.Scoring, RunState.Superseded, RunActor.TileSlide)]
    [InlineData(RunState.Scoring, RunState.Superseded, RunActor.ScoreBatch)]
    [InlineData(RunState.Scoring, RunState.Superseded, RunActor.CompleteSlide)]
    [InlineData(RunState.Scoring, RunState.Superseded, RunActor.SweepRuns)]
    [InlineData(RunState.Failed, RunState.Superseded, RunActor.TileSlide)]
    [InlineData(RunState.Failed, RunState.Superseded, RunActor.ScoreBatch)]
    [InlineData(RunState.Failed, RunState.Superseded, RunActor.CompleteSlide)]
    [InlineData(RunState.Failed, RunState.Superseded, RunActor.SweepRuns)]
    [InlineData(RunState.Superseded, RunState.Deleting, RunActor.SweepRuns)]
    [InlineData(RunState.Complete, RunState.Deleting, RunActor.SweepRuns)]
    [InlineData(RunState.Failed, RunState.Deleting, RunActor.SweepRuns)]
    public void A_run_moves(RunState from, RunState to, RunActor by) => Assert.True(RunTransitions.IsAllowed(from, to, by));

    [Fact]
    public void Every_other_move_is_refused() =>
        Assert.Equal(
            Moves,
            Enum.GetValues<RunState>().Sum(from => Enum.GetValues<RunState>().Sum(to => Enum.GetValues<RunActor>().Count(by => RunTransitions.IsAllowed(from, to, by)))));

    [Theory]
    [InlineData(RunState.Waiting, false)]
    [InlineData(RunState.Tiling, false)]
    [InlineData(RunState.Scoring, false)]
    [InlineData(RunState.Complete, true)]
    [InlineData(RunState.Failed, true)]
    [InlineData(RunState.Superseded, true)]
    [InlineData(RunState.Deleting, true)]
    public void A_message_about_a_run_in_a_final_state_has_nothing_to_do(RunState state, bool isFinal) => Assert.Equal(isFinal, RunTransitions.IsFinal(state));
}
