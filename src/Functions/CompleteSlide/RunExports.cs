using System.Collections.Immutable;
using System.Security.Cryptography;
using IdcFunctions.Scoring.Exports;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions;

/// <summary>The files that a run is completed with. The tissue mask was written by who planned it.</summary>
/// <param name="Files">What each holds, in the order in which they are stored.</param>
internal sealed record RunExports(ImmutableArray<(string File, byte[] Content)> Files)
{
    /// <summary>Makes them; equal runs give equal bytes.</summary>
    /// <param name="plan">What was scored.</param>
    /// <param name="run">The run.</param>
    /// <param name="scores">Its scores, in grid order.</param>
    /// <param name="threshold">The model's decision threshold.</param>
    public static RunExports Of(TilingPlan plan, RunId run, IReadOnlyList<PatchScore> scores, double threshold) => new(
    [
        (Exports.PatchesCsv, PatchCsv.Write(plan, scores, threshold)),
        (Exports.PatchesGeoJson, PatchGeoJson.Write(plan, run, scores)),
        (Exports.HeatmapPng, HeatmapPng.Write(plan, scores)),
    ]);

    /// <summary>SHA-256 of each file, and of the mask where the program that planned the run noted it; lower-case hex, by file.</summary>
    public ImmutableSortedDictionary<string, string> Hashes(string? maskSha256)
    {
        var hashes = Files.ToImmutableSortedDictionary(
            export => export.File,
            export => Convert.ToHexStringLower(SHA256.HashData(export.Content)),
            StringComparer.Ordinal);
        return maskSha256 is null ? hashes : hashes.Add(Exports.MaskPng, maskSha256);
    }
}
