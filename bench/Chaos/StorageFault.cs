namespace IdcFunctions.Bench.Chaos;

/// <summary>What is done to a storage request; of those with a status code, that is the value.</summary>
internal enum StorageFault
{
    /// <summary>The connection is dropped before the request reaches storage.</summary>
    DroppedBefore = 1,

    /// <summary>The request is carried out, and the connection dropped in place of the answer.</summary>
    DroppedAfter = 2,

    /// <summary>429.</summary>
    TooManyRequests = 429,

    /// <summary>500.</summary>
    ServerError = 500,

    /// <summary>503.</summary>
    Busy = 503,
}
