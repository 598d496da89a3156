namespace IdcFunctions.Slides;

/// <summary>The slide itself can't be processed: trying again unchanged gives the same answer.</summary>
public sealed class SlideRefusedException(SlideFailure failure, Exception? cause = null)
    : Exception(failure.InWords(), cause)
{
    /// <summary>What reaches the slide's row.</summary>
    public SlideFailure Failure { get; } = failure;
}
