using System.Collections.Immutable;
using System.Text.Json;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Slides.Runs;

/// <summary>A complete run's <c>run.json</c>: result and provenance. The slide's row and the API answer from it.</summary>
/// <param name="Slide">The blob's name.</param>
/// <param name="SlideId">The slide's id.</param>
/// <param name="Run">The run's id.</param>
/// <param name="Settings">What determined the result.</param>
/// <param name="Properties">What was read of the slide.</param>
/// <param name="Summary">The result.</param>
/// <param name="Model">Name and version, with a blank between.</param>
/// <param name="Providers">Execution providers that scored its batches, sorted.</param>
/// <param name="Sha256">The content's SHA-256 where the uploader gave it; not computed here.</param>
/// <param name="BytesRead">Bytes of the slide fetched.</param>
/// <param name="Gets">Requests that fetched them.</param>
/// <param name="Attempts">Attempts at tiling, at each batch and at completing, added up.</param>
/// <param name="Decided">When the run was decided.</param>
/// <param name="Completed">When it was completed.</param>
/// <param name="Seconds">Where the time went.</param>
public sealed record RunDocument(
    string Slide,
    string SlideId,
    string Run,
    RunSettings Settings,
    SlideProperties Properties,
    SlideSummary Summary,
    string Model,
    ImmutableArray<string> Providers,
    string? Sha256,
    long BytesRead,
    int Gets,
    int Attempts,
    DateTimeOffset Decided,
    DateTimeOffset Completed,
    RunSeconds Seconds)
{
    /// <summary>How far the slide's colours are from those of the model's training cases; null in documents of programs that did not check.</summary>
    public StainFinding? Stain { get; init; }

    /// <summary><see cref="PatchScore.HashOf"/> of its scores in grid order; null in documents of programs that did not say.</summary>
    public string? ScoresSha256 { get; init; }

    /// <summary>SHA-256 of each export that was written with it, and of the tissue mask, in lower-case hex, by file; null, or without the mask, in documents of programs that did not say.</summary>
    public ImmutableSortedDictionary<string, string>? ExportsSha256 { get; init; }

    /// <summary>What completed it; null in documents of programs that did not say.</summary>
    public RunVersions? Versions { get; init; }

    /// <summary>What it asked of storage and of a scorer; null in documents of programs that did not say.</summary>
    public RunCost? Cost { get; init; }

    /// <summary>The document as it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SlidesJson.Default.RunDocument);

    /// <summary>Reads a stored document.</summary>
    /// <exception cref="InvalidDataException">The bytes are no run's document.</exception>
    public static RunDocument FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, SlidesJson.Default.RunDocument) ?? throw new InvalidDataException("The bytes are no run.json.");
}
