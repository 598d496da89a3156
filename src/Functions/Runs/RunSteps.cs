namespace IdcFunctions.Functions.Runs;

/// <summary>The steps of a run, as failures name them.</summary>
public static class RunSteps
{
    /// <summary>Reading, planning and cutting.</summary>
    public const string Tile = "tile";

    /// <summary>Scoring a batch.</summary>
    public const string Score = "score";

    /// <summary>Aggregating and publishing.</summary>
    public const string Complete = "complete";
}
