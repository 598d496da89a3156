namespace IdcFunctions.Slides;

/// <summary>Where something can fail, as <see cref="SlideFailure.Step"/> names it.</summary>
public static class FailureSteps
{
    /// <summary>Taking a slide's content and deciding its run.</summary>
    public const string Upload = "upload";

    /// <summary>Reading, planning and cutting.</summary>
    public const string Tile = "tile";

    /// <summary>Scoring a batch.</summary>
    public const string Score = "score";

    /// <summary>Aggregating and publishing.</summary>
    public const string Complete = "complete";

    /// <summary>Scoring a picture that is kept nowhere.</summary>
    public const string Predict = "predict";

    /// <summary>Showing a slide.</summary>
    public const string View = "view";
}
