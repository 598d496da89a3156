using Azure;

namespace IdcFunctions.Storage;

/// <summary>What an answer of the storage service means for the work at hand.</summary>
public static class StorageErrors
{
    /// <summary>
    /// True for errors that go away by themselves: no answer, one that ends in its middle, 408, 429, 5xx. A request that hung
    /// until the client gave it up is a cancellation that nobody asked for: whoever cancels looks at its token first.
    /// </summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.All(IsTransient),
        IOException or HttpRequestException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>True where a row or blob was changed (412), or made (409), by somebody else in between.</summary>
    public static bool IsLostRace(RequestFailedException exception) => exception.Status is 409 or 412;
}
