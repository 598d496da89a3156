using Azure;

namespace IdcFunctions.Storage;

/// <summary>What an answer of the storage service means for the work at hand.</summary>
public static class StorageErrors
{
    /// <summary>True for errors that go away by themselves: no answer, 408, 429, 5xx.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.All(IsTransient),
        _ => false,
    };

    /// <summary>True where a row or blob was changed (412), or made (409), by somebody else in between.</summary>
    public static bool IsLostRace(RequestFailedException exception) => exception.Status is 409 or 412;
}
