using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>A data set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Files">Files below it: patches and zips.</param>
/// <param name="Bytes">Their length together.</param>
/// <param name="ChangedAt">When the last of them was written.</param>
/// <param name="IsTakenIn">True where the report is of these files.</param>
/// <param name="TakenAt">When it was last taken in; null where it never was.</param>
/// <param name="Report">What was found then, left out and why.</param>
public sealed record DatasetAnswer(
    string Name,
    int Files,
    long Bytes,
    DateTimeOffset ChangedAt,
    bool IsTakenIn,
    DateTimeOffset? TakenAt,
    IntakeReport? Report);
