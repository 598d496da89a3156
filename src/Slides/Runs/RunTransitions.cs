using System.Collections.Frozen;

namespace IdcFunctions.Slides.Runs;

/// <summary>The whole of the runs' state machine: every allowed move and who makes it. What is not here is refused.</summary>
public static class RunTransitions
{
    private static readonly FrozenSet<(RunState From, RunState To, RunActor By)> Allowed = new HashSet<(RunState, RunState, RunActor)>
    {
        // The ordinary way of a slide.
        (RunState.Waiting, RunState.Tiling, RunActor.SweepRuns),
        (RunState.Tiling, RunState.Scoring, RunActor.TileSlide),
        (RunState.Scoring, RunState.Complete, RunActor.CompleteSlide),

        // A function that finds a permanent reason, or a message that was delivered too often.
        (RunState.Tiling, RunState.Failed, RunActor.TileSlide),
        (RunState.Scoring, RunState.Failed, RunActor.TileSlide),
        (RunState.Scoring, RunState.Failed, RunActor.ScoreBatch),
        (RunState.Scoring, RunState.Failed, RunActor.CompleteSlide),
        (RunState.Tiling, RunState.Failed, RunActor.FailPoisoned),
        (RunState.Scoring, RunState.Failed, RunActor.FailPoisoned),
        (RunState.Tiling, RunState.Failed, RunActor.SweepRuns),
        (RunState.Scoring, RunState.Failed, RunActor.SweepRuns),

        // A user tries again; a late success counts.
        (RunState.Failed, RunState.Tiling, RunActor.Api),
        (RunState.Failed, RunState.Scoring, RunActor.TileSlide),
        (RunState.Failed, RunState.Complete, RunActor.CompleteSlide),
        (RunState.Tiling, RunState.Complete, RunActor.CompleteSlide),

        // A user restores a slide that was deleted while this run was in flight; who stopped it meanwhile takes that back.
        (RunState.Superseded, RunState.Tiling, RunActor.Api),
        (RunState.Superseded, RunState.Tiling, RunActor.TileSlide),
        (RunState.Superseded, RunState.Tiling, RunActor.ScoreBatch),
        (RunState.Superseded, RunState.Tiling, RunActor.CompleteSlide),
        (RunState.Superseded, RunState.Tiling, RunActor.SweepRuns),

        // Whoever finds the run unwanted stops it.
        (RunState.Waiting, RunState.Superseded, RunActor.SweepRuns),
        (RunState.Waiting, RunState.Superseded, RunActor.TileSlide),
        (RunState.Tiling, RunState.Superseded, RunActor.TileSlide),
        (RunState.Tiling, RunState.Superseded, RunActor.SweepRuns),
        (RunState.Scoring, RunState.Superseded, RunActor.TileSlide),
        (RunState.Scoring, RunState.Superseded, RunActor.ScoreBatch),
        (RunState.Scoring, RunState.Superseded, RunActor.CompleteSlide),
        (RunState.Scoring, RunState.Superseded, RunActor.SweepRuns),
        (RunState.Failed, RunState.Superseded, RunActor.TileSlide),
        (RunState.Failed, RunState.Superseded, RunActor.ScoreBatch),
        (RunState.Failed, RunState.Superseded, RunActor.CompleteSlide),
        (RunState.Failed, RunState.Superseded, RunActor.SweepRuns),

        // The purge.
        (RunState.Superseded, RunState.Deleting, RunActor.SweepRuns),
        (RunState.Complete, RunState.Deleting, RunActor.SweepRuns),
        (RunState.Failed, RunState.Deleting, RunActor.SweepRuns),
    }.ToFrozenSet();

    /// <summary>True where <paramref name="by"/> may move a run from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static bool IsAllowed(RunState from, RunState to, RunActor by) => Allowed.Contains((from, to, by));

    /// <summary>True for states in which no function works on the run, so that a message about it has nothing to do.</summary>
    public static bool IsFinal(RunState state) => state is RunState.Complete or RunState.Failed or RunState.Superseded or RunState.Deleting;
}
