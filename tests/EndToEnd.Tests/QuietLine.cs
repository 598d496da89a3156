namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line that is told of uploads by hand, and whose requests wait for no copy.</summary>
public sealed class QuietLine() : LineFixture(new LineOptions { WatchesUploads = false }.With("View__CopyWait", "00:00:00.1"));
