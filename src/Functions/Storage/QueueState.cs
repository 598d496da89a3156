using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>How a queue stands.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Messages">Its messages, about; those that are worked on too.</param>
/// <param name="OldestSeconds">How long ago the message in front was sent; 0 where none is visible.</param>
public sealed record QueueState(string Name, int Messages, double OldestSeconds)
{
    /// <summary>True for the queue of what could not be handled.</summary>
    public bool IsPoison => Name.EndsWith(Queues.PoisonSuffix, StringComparison.Ordinal);
}
