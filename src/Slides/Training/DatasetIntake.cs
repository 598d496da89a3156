namespace IdcFunctions.Slides.Training;

/// <summary>The last intake of a data set in storage.</summary>
/// <param name="Fingerprint">Of the blobs that were taken in: it changes with any of them.</param>
/// <param name="TakenAt">When.</param>
/// <param name="Report">What was found, left out and why.</param>
public sealed record DatasetIntake(string Fingerprint, DateTimeOffset TakenAt, IntakeReport Report);
