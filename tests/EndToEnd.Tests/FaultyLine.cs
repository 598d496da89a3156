namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line that is told of uploads by hand, whose storage can be made to fail, and that soon gives up and tries again.</summary>
public sealed class FaultyLine() : LineFixture(Options)
{
    /// <summary>How it is started.</summary>
    public static readonly LineOptions Options = new LineOptions { WatchesUploads = false, IsCounted = true, Lease = TimeSpan.FromSeconds(2) }
        .With("Slides__mostRetries", "1")
        .With("Slides__requestTimeout", "00:00:05")
        .With("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:01");
}
