namespace IdcFunctions.LocalHost.Commands;

/// <summary>What <c>idc score</c> was asked.</summary>
/// <param name="Paths">Slides and folders of slides.</param>
/// <param name="ResultsFolder">Where the results go.</param>
/// <param name="Metadata">Metadata set with each slide's content.</param>
/// <param name="IsJson">True for one JSON document on standard output instead of a table.</param>
public sealed record ScoreRequest(IReadOnlyList<string> Paths, string ResultsFolder, IReadOnlyDictionary<string, string> Metadata, bool IsJson);
