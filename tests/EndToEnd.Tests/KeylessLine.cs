namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line whose app reaches its storage by its identity alone, as in Azure, and which gives exports from there.</summary>
public sealed class KeylessLine() : LineFixture(new LineOptions { IsKeyless = true }.With("Exports__MostDirectBytes", "0"));
