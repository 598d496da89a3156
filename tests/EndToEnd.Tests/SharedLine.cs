namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line as it is, for tests that do it no harm.</summary>
public sealed class SharedLine() : LineFixture(new LineOptions());
