namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line whose app trusts the platform's sign-in.</summary>
public sealed class SignedInLine() : LineFixture(new LineOptions { WatchesUploads = false }.With("Auth__Mode", "EasyAuth"));
