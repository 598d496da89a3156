namespace IdcFunctions.Functions.Api;

/// <summary>The app answers.</summary>
/// <param name="Status"><c>live</c>.</param>
public sealed record LiveAnswer(string Status);
