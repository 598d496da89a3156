using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>Computes a published result's hashes again, from the slide to the exports, and says what is no longer what it was.</summary>
public sealed class RunVerification(StorageClients storage, RunFiles files, PatchTable patches, ModelStore models)
{
    private const string Content = "slide's content";

    /// <summary>Verifies a run.</summary>
    /// <returns>Its parts, in the order in which they follow from each other; null where its document is gone.</returns>
    public async Task<ImmutableArray<VerifiedPart>?> VerifyAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        if (await files.FindExportAsync(slide, run, Exports.RunJson, cancellationToken) is not { } stored)
        {
            return null;
        }

        var document = RunDocument.FromJson(stored);
        var settings = document.Settings;
        var parts = ImmutableArray.CreateBuilder<VerifiedPart>();
        parts.Add(VerifiedPart.Of("settings", run.Value, settings.ToRunId().Value));
        parts.AddRange(await SlideAsync(settings, cancellationToken));
        var graph = await models.FindGraphHashAsync(settings.ModelName, settings.ModelVersion, settings.ModelSha256, cancellationToken);
        parts.Add(VerifiedPart.Of("model", settings.ModelSha256, graph));
        parts.Add(await ExportAsync(slide, run, Exports.MaskPng, document.ExportsSha256?.GetValueOrDefault(Exports.MaskPng), cancellationToken));
        if (await files.FindPlanAsync(slide, run, cancellationToken) is not { } plan
            || await FindScoresAsync(slide, run, plan, cancellationToken) is not { } scores)
        {
            parts.Add(new VerifiedPart("scores", VerifiedState.Missing, document.ScoresSha256, null));
            return parts.ToImmutable();
        }

        var hash = PatchScore.HashOf(scores);
        parts.Add(document.ScoresSha256 is { } expected
            ? VerifiedPart.Of("scores", expected, hash)
            : new VerifiedPart("scores", VerifiedState.Unchecked, null, hash));
        parts.Add(VerifiedPart.Of("rows", hash, PatchScore.HashOf(await patches.ReadScoresAsync(slide, run, cancellationToken))));
        parts.Add(SummaryPart(stored, SlideAggregation.Summarise(plan, scores, document.Summary.DecisionThreshold)));
        foreach (var file in (string[])[Exports.PatchesCsv, Exports.PatchesGeoJson, Exports.HeatmapPng])
        {
            parts.Add(await ExportAsync(slide, run, file, document.ExportsSha256?.GetValueOrDefault(file), cancellationToken));
        }

        return parts.ToImmutable();
    }

    /// <summary>The slide's ETag, and its content's hash where the uploader gave one.</summary>
    private async Task<ImmutableArray<VerifiedPart>> SlideAsync(RunSettings settings, CancellationToken cancellationToken)
    {
        var blob = storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(settings.Slide);
        var etag = VerifiedPart.Of("slide", settings.Etag, (await blob.FindPropertiesAsync(cancellationToken))?.ETag.ToString());
        var content = settings.Sha256 is { } sha256
            ? await ContentAsync(blob, sha256.ToLowerInvariant(), cancellationToken)
            : new VerifiedPart(Content, VerifiedState.Unchecked, null, null);
        return [etag, content];
    }

    private static async Task<VerifiedPart> ContentAsync(BlobClient blob, string expected, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await blob.OpenReadAsync(cancellationToken: cancellationToken);
            return VerifiedPart.Of(Content, expected, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)));
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return VerifiedPart.Of(Content, expected, null);
        }
        catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.BlobArchived)
        {
            // It is there, and can't be read until it is moved to a warmer tier.
            return new VerifiedPart(Content, VerifiedState.Unchecked, expected, null);
        }
    }

    private async Task<IReadOnlyList<PatchScore>?> FindScoresAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return await files.FindScoresAsync(slide, run, plan, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>
    /// Compares what the stored document says with what is counted now. What the program that made it did not count yet
    /// is nothing that changed.
    /// </summary>
    private static VerifiedPart SummaryPart(byte[] stored, SlideSummary counted)
    {
        var then = JsonNode.Parse(stored)!["summary"]!.AsObject();
        var now = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(counted, SlidesJson.Default.SlideSummary))!.AsObject();
        return VerifiedPart.Of("summary", HashOf(then, then), HashOf(now, then));

        static string HashOf(JsonObject summary, JsonObject names) => RunVerification.HashOf(Encoding.UTF8.GetBytes(string.Join(
            '\n',
            summary
                .Where(field => names.ContainsKey(field.Key))
                .OrderBy(field => field.Key, StringComparer.Ordinal)
                .Select(field => $"{field.Key}: {field.Value?.ToJsonString()}"))));
    }

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private async Task<VerifiedPart> ExportAsync(SlideId slide, RunId run, string file, string? expected, CancellationToken cancellationToken)
    {
        var found = await files.FindExportAsync(slide, run, file, cancellationToken) is { } content ? HashOf(content) : null;
        return expected is null && found is not null
            ? new VerifiedPart(file, VerifiedState.Unchecked, null, found)
            : VerifiedPart.Of(file, expected, found);
    }
}
