using IdcFunctions.Slides;

namespace IdcFunctions.Functions.Runs;

/// <summary>A queue's message, read.</summary>
public abstract record QueueMessage
{
    private QueueMessage()
    {
    }

    /// <summary>A blob in <c>slides</c> was written or deleted; which of the two, HEAD decides.</summary>
    /// <param name="Name">The blob's name.</param>
    public sealed record SlideEvent(string Name) : QueueMessage;

    /// <summary>One of our own messages about a run.</summary>
    /// <param name="Slide">The slide.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Batch">The batch's number; null in messages about the whole run.</param>
    public sealed record OfRun(SlideId Slide, RunId Run, int? Batch) : QueueMessage;

    /// <summary>A message of a newer program.</summary>
    /// <param name="Version">Its schema.</param>
    public sealed record Newer(int Version) : QueueMessage;

    /// <summary>Anything else.</summary>
    public sealed record Unreadable : QueueMessage;
}
