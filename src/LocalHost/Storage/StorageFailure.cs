using Azure;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>What the storage clients throw: one error, or, where they tried again, all of them in one exception.</summary>
public static class StorageFailure
{
    /// <summary>True for an error of the storage account or on the way to it; of several tries, some may have taken too long.</summary>
    public static bool Is(Exception exception) =>
        exception is RequestFailedException
        || (exception is AggregateException many
            && many.InnerExceptions.All(inner => inner is RequestFailedException or TaskCanceledException));

    /// <summary>The error in one line; the clients' messages go on with the answer's headers.</summary>
    public static string LineOf(Exception exception) =>
        ((exception as AggregateException)?.InnerExceptions[^1] ?? exception).Message.Split('\n')[0].TrimEnd();
}
