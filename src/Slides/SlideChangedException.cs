namespace IdcFunctions.Slides;

/// <summary>The blob is no longer the one the run was decided for (HTTP 412, or 404): the run is to be decided anew.</summary>
public sealed class SlideChangedException(string slide, Exception? cause = null)
    : Exception($"{slide}: the blob changed or went while it was read.", cause)
{
    /// <summary>The blob's name.</summary>
    public string Slide { get; } = slide;
}
