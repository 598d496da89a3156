namespace IdcFunctions.Slides.Runs;

/// <summary>Who moves a run from state to state.</summary>
public enum RunActor
{
    /// <summary>The function that tiles.</summary>
    TileSlide,

    /// <summary>The function that scores a batch.</summary>
    ScoreBatch,

    /// <summary>The function that aggregates and publishes.</summary>
    CompleteSlide,

    /// <summary>The timer that re-drives and clears away.</summary>
    SweepRuns,

    /// <summary>The functions on the poison queues.</summary>
    FailPoisoned,

    /// <summary>A user's request over HTTP.</summary>
    Api,
}
