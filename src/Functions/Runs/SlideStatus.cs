namespace IdcFunctions.Functions.Runs;

/// <summary>What a slide's status can be beyond the states of its wanted run.</summary>
public static class SlideStatus
{
    /// <summary>The slide is deleted; it can be restored until the purge.</summary>
    public const string Deleted = "Deleted";

    /// <summary>The slide is being taken away; it can't be restored.</summary>
    public const string Purging = "Purging";
}
