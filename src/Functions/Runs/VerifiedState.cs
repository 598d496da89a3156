namespace IdcFunctions.Functions.Runs;

/// <summary>What has become of a part of a result.</summary>
public enum VerifiedState
{
    /// <summary>It is what it was.</summary>
    Unchanged,

    /// <summary>It is something else.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Missing,

    /// <summary>Nothing was noted to compare it with, or it is in the archive tier.</summary>
    Unchecked,
}
