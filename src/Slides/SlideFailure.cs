namespace IdcFunctions.Slides;

/// <summary>Why a slide, a run or a batch failed, in words for its row.</summary>
/// <param name="Step">Where it happened: one of <see cref="FailureSteps"/>.</param>
/// <param name="Code">A stable name, e.g. <c>spacing-unknown</c>; programs decide on it, not on the words.</param>
/// <param name="Reason">The thing and the fact.</param>
/// <param name="Remedy">The way out: what the user can do.</param>
public sealed record SlideFailure(string Step, string Code, string Reason, string Remedy)
{
    /// <summary>Reason and way out, for whoever reads one text.</summary>
    public string InWords() => $"{Reason} {Remedy}";
}
