using System.Collections.Immutable;
using System.Text.Json;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Slides.Runs;

/// <summary>A complete run's <c>run.json</c>: result and provenance. The slide's row and the API answer from it.</summary>
public sealed record RunDocument
{
    /// <summary>The blob's name.</summary>
    public required string Slide { get; init; }

    /// <summary>The slide's id.</summary>
    public required string SlideId { get; init; }

    /// <summary>The run's id.</summary>
    public required string Run { get; init; }

    /// <summary>What determined the result.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>What was read of the slide.</summary>
    public required SlideProperties Properties { get; init; }

    /// <summary>The result.</summary>
    public required SlideSummary Summary { get; init; }

    /// <summary>Name and version, with a blank between.</summary>
    public required string Model { get; init; }

    /// <summary>Execution providers that scored its batches, sorted.</summary>
    public required ImmutableArray<string> Providers { get; init; }

    /// <summary>The content's SHA-256 where the uploader gave it; not computed here.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>Bytes of the slide fetched.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Requests that fetched them.</summary>
    public required int Gets { get; init; }

    /// <summary>Attempts at tiling, at each batch and at completing, added up.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the run was decided.</summary>
    public required DateTimeOffset Decided { get; init; }

    /// <summary>When it was completed.</summary>
    public required DateTimeOffset Completed { get; init; }

    /// <summary>Where the time went.</summary>
    public required RunSeconds Seconds { get; init; }

    /// <summary>How far the slide's colours are from those of the model's training cases; null in documents of programs that did not check.</summary>
    public StainFinding? Stain { get; init; }

    /// <summary><see cref="PatchScore.HashOf"/> of its scores in grid order; null in documents of programs that did not say.</summary>
    public string? ScoresSha256 { get; init; }

    /// <summary>
    /// SHA-256 of each export that was written with it, and of the tissue mask, in lower-case hex, by file; null, or
    /// without the mask, in documents of programs that did not say.
    /// </summary>
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
