namespace IdcFunctions.Bench.Chaos;

/// <summary>What happens to a slide of a trial.</summary>
internal enum SlideFate
{
    /// <summary>It is dropped.</summary>
    Plain,

    /// <summary>It is dropped, and soon after dropped again with other content.</summary>
    Replaced,

    /// <summary>It is dropped, deleted over the API and restored.</summary>
    Restored,

    /// <summary>It is dropped and deleted over the API, and so purged.</summary>
    Deleted,

    /// <summary>It is dropped, its blob deleted, and dropped again.</summary>
    DroppedAgain,

    /// <summary>It is dropped, and rescored after another model was activated.</summary>
    Rescored,

    /// <summary>It is dropped after another model was activated.</summary>
    DroppedLater,

    /// <summary>It is no slide.</summary>
    Refused,
}
