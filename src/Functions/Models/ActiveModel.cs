namespace IdcFunctions.Functions.Models;

/// <summary><c>models/active.json</c>.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
public sealed record ActiveModel(string Name, string Version);
