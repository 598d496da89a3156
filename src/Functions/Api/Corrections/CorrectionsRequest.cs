using System.Text.Json.Serialization;

namespace IdcFunctions.Functions.Api;

/// <summary>A slide's corrections as they are to be, all of them.</summary>
/// <param name="By">Who says so: the reviewer's name, 1 to 100 characters.</param>
/// <param name="Items">The labels; those that are as they were keep who gave them and when.</param>
public sealed record CorrectionsRequest([property: JsonRequired] string By, [property: JsonRequired] IReadOnlyList<LabelledCell> Items);
