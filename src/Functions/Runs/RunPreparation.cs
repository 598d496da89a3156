using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Runs;

/// <summary>What a run of a slide's blob would be: the blob as HEAD tells it, the active model, the tiling options.</summary>
public sealed class RunPreparation(
    StorageClients storage, ModelStore models, SlideMasks masks, IOptions<TilingOptions> tiling, IOptions<ScoringOptions> scoring)
{
    /// <summary>
    /// The blob's properties; null where it is not there. A name that a URL would change is never asked for: the answer
    /// would be about another blob.
    /// </summary>
    public async Task<BlobProperties?> HeadAsync(string name, CancellationToken cancellationToken) =>
        SlideName.ReasonAgainst(name) is null
            ? await storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(name).FindPropertiesAsync(cancellationToken)
            : null;

    /// <summary>The settings of a run.</summary>
    /// <param name="name">The blob's name.</param>
    /// <param name="blob">Its properties.</param>
    /// <param name="requestId">Empty for an upload; a rescore's idempotency key.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SlideRefusedException">There can be none, and why.</exception>
    public async Task<RunSettings> PrepareAsync(string name, BlobProperties blob, string requestId, CancellationToken cancellationToken)
    {
        if (blob.AccessTier == AccessTier.Archive.ToString())
        {
            throw SlideFailures.Archived(name, FailureSteps.Upload);
        }

        ModelManifest? active;
        string? graph;
        try
        {
            active = await models.FindActiveAsync(cancellationToken);
            graph = active?.GraphOf(scoring.Value.Precision).Sha256;
        }
        catch (ModelRefusedException refused)
        {
            throw Refused("model-refused", $"{name}: {refused.Message}", "Activate a model that passes its checks, then retry the slide.", refused);
        }

        if (active is null || graph is null)
        {
            throw Refused("no-active-model", $"{name}: no model is active.", "Activate a model, then retry the slide.");
        }

        var metadata = SlideMetadata.Read(name, blob.Metadata, active.PatchSizePixels);
        var settings = new TilingSettings(
            metadata.SpacingUmPx,
            active.SpacingUmPx,
            active.PatchSizePixels,
            metadata.StridePixels,
            metadata.Region,
            metadata.IsUpsampled,
            active.Resampling,
            tiling.Value.MinTissueFraction,
            tiling.Value.BatchSize,
            TilingVersion.Current)
        {
            Tissue = tiling.Value.ToRules(),
            AppliesIcc = metadata.AppliesIcc,
            MaskEtag = await masks.FindEtagAsync(SlideId.FromName(name), cancellationToken),
        };
        return new RunSettings(name, blob.ETag.ToString(), blob.ContentLength, active.ModelName, active.ModelVersion, graph, settings, requestId)
        {
            AllOrientations = scoring.Value.AllOrientations,
            Sha256 = blob.Metadata.TryGetValue(BlobMetadata.Sha256, out var sha256) ? sha256 : null,
        };
    }

    private static SlideRefusedException Refused(string code, string reason, string remedy, Exception? cause = null) =>
        new(new SlideFailure(FailureSteps.Upload, code, reason, remedy), cause);
}
