using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdcFunctions.Slides.Runs;

/// <summary>Everything that determines a run's results. Its hash is the run's id.</summary>
/// <param name="Slide">The blob's name.</param>
/// <param name="Etag">The blob's ETag, as HEAD gave it.</param>
/// <param name="Length">The blob's length in bytes.</param>
/// <param name="ModelName">The model's name.</param>
/// <param name="ModelVersion">The model's version.</param>
/// <param name="ModelSha256">SHA-256 of the ONNX file that is run, lower-case hex: it says which of the model's precisions.</param>
/// <param name="Tiling">How the slide is tiled.</param>
/// <param name="RequestId">Empty for an upload; a rescore's idempotency key.</param>
public sealed record RunSettings(
    string Slide,
    string Etag,
    long Length,
    string ModelName,
    string ModelVersion,
    string ModelSha256,
    TilingSettings Tiling,
    string RequestId)
{
    /// <summary>
    /// True where each patch is scored in all its eight orientations. Left out of the JSON where it is not so, as in
    /// settings of older programs: their ids stay.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AllOrientations { get; init; }

    /// <summary>The content's SHA-256 where its uploader gave it (blob metadata <c>sha256</c>); it is not computed here.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The run's id: the first 16 hex digits of the SHA-256 of these settings as canonical JSON.</summary>
    public RunId ToRunId()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, SlidesJson.Default.RunSettings);
        return RunId.Parse(Convert.ToHexStringLower(SHA256.HashData(json))[..16]);
    }
}
