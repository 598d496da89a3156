using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Tiling;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// Decides which run a slide is to have. The event's own ETag and order are never believed: HEAD says what is there,
/// and the rows say what was decided before.
/// </summary>
public sealed class RunDecider(StorageClients storage, RunLedger ledger, ModelStore models, IOptions<TilingOptions> tiling, TimeProvider time)
{
    /// <summary>Decides for a blob that was written or deleted.</summary>
    /// <param name="name">The blob's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The run to work on; null where there is nothing to do: refused, deleted, or final already.</returns>
    public async Task<RunId?> DecideUploadAsync(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            var slide = SlideId.FromName(name);
            if (SlideName.ReasonAgainst(name) is { } reason)
            {
                var refusal = new SlideFailure("upload", "name-refused", $"{name}: {reason}", "Upload it under another name.");
                if (await TryRefuseAsync(slide, name, null, refusal, cancellationToken))
                {
                    return null;
                }

                continue;
            }

            var row = await ledger.FindSlideAsync(slide, cancellationToken);
            var blob = await HeadAsync(name, cancellationToken);
            if (blob is null)
            {
                if (row is null || row.DeletedAt is not null || await TryMarkDeletedAsync(row, cancellationToken))
                {
                    return null;
                }

                continue;
            }

            var etag = blob.ETag.ToString();
            if (row is { DeletedAt: not null } && row.WantedEtag == etag)
            {
                return null;
            }

            var decided = await ledger.FindUploadAsync(slide, etag, cancellationToken);
            if (decided is null)
            {
                var (failure, settings) = await SettingsForAsync(name, blob, "", cancellationToken);
                if (failure is not null)
                {
                    if (await TryRefuseAsync(slide, name, etag, failure, cancellationToken))
                    {
                        return null;
                    }

                    continue;
                }

                await ledger.InsertRunAsync(slide, NewRow(slide, settings!, blob.LastModified, RunState.Tiling), etag, cancellationToken);
                decided = await ledger.FindUploadAsync(slide, etag, cancellationToken);
            }

            var run = await ledger.FindRunAsync(slide, decided!, cancellationToken);
            if (run is null || RunTransitions.IsFinal(run.ReadState()))
            {
                return null;
            }

            // A late redelivery of an upload must not undo a rescore of the same content.
            if (row is { DeletedAt: null, WantedRun: not null } && row.WantedEtag == etag)
            {
                return row.WantedRun == decided!.Value ? decided : null;
            }

            if (await TryWantAsync(row, slide, name, decided!, etag, run.ReadState(), cancellationToken))
            {
                return decided;
            }
        }
    }

    /// <summary>Decides a rescore with the active model and today's settings.</summary>
    /// <param name="row">The slide's row.</param>
    /// <param name="requestId">The caller's idempotency key, or a new one: equal keys give the same run.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SlideRefusedException">There is no such blob any more, or no active model.</exception>
    public async Task<RunId> DecideRescoreAsync(SlideRow row, string requestId, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(row.Name);
        while (true)
        {
            var blob = await HeadAsync(row.Name, cancellationToken)
                ?? throw new SlideRefusedException(new SlideFailure("upload", "slide-gone", $"{row.Name}: the slide's blob is no longer there.", "Upload it again."));
            var (failure, settings) = await SettingsForAsync(row.Name, blob, requestId, cancellationToken);
            if (failure is not null)
            {
                throw new SlideRefusedException(failure);
            }

            var run = settings!.ToRunId();
            await ledger.InsertRunAsync(slide, NewRow(slide, settings, time.GetUtcNow(), RunState.Tiling), null, cancellationToken);
            var inserted = await ledger.FindRunAsync(slide, run, cancellationToken);
            if (inserted is null || RunTransitions.IsFinal(inserted.ReadState()))
            {
                return run;
            }

            var current = await ledger.FindSlideAsync(slide, cancellationToken);
            if (RunLedger.IsWanted(current, run)
                || await TryWantAsync(current, slide, row.Name, run, settings.Etag, inserted.ReadState(), cancellationToken))
            {
                return run;
            }
        }
    }

    private async Task<BlobProperties?> HeadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await storage.Blobs.GetBlobContainerClient(Containers.Slides).GetBlobClient(name)
                .GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private async Task<(SlideFailure? Failure, RunSettings? Settings)> SettingsForAsync(string name, BlobProperties blob, string requestId, CancellationToken cancellationToken)
    {
        if (blob.AccessTier == AccessTier.Archive.ToString())
        {
            return (new SlideFailure("upload", "slide-archived", $"{name}: the blob is in the archive tier and can't be read.", "Move it to a warmer tier, then rescore the slide."), null);
        }

        var active = await models.FindActiveAsync(cancellationToken);
        if (active is null)
        {
            return (new SlideFailure("upload", "no-active-model", $"{name}: no model is active.", "Activate a model, then retry the slide."), null);
        }

        double? spacing = null;
        if (blob.Metadata.TryGetValue(BlobMetadata.SpacingUmPx, out var text))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !MicronsPerPixel.IsPlausible(value))
            {
                return (new SlideFailure("upload", "spacing-invalid", $"{name}: the blob's metadata '{BlobMetadata.SpacingUmPx}' is '{text}', which is no µm/px between {MicronsPerPixel.Finest} and {MicronsPerPixel.Coarsest}.", "Correct the metadata, for example 0.25, then rescore the slide."), null);
            }

            spacing = value;
        }

        var settings = new TilingSettings(
            spacing,
            active.SpacingUmPx,
            active.PatchSizePixels,
            active.Resampling,
            tiling.Value.MinTissueFraction,
            tiling.Value.BatchSize,
            TilingVersion.Current);
        return (null, new RunSettings(name, blob.ETag.ToString(), blob.ContentLength, active.ModelName, active.ModelVersion, active.Onnx.Sha256, settings, requestId));
    }

    private RunRow NewRow(SlideId slide, RunSettings settings, DateTimeOffset uploaded, RunState state) => new()
    {
        PartitionKey = slide.Value,
        RowKey = settings.ToRunId().Value,
        Settings = RunLedger.Serialize(settings),
        State = state.ToString(),
        Uploaded = uploaded,
        Decided = time.GetUtcNow(),
    };

    private async Task<bool> TryWantAsync(SlideRow? row, SlideId slide, string name, RunId run, string etag, RunState state, CancellationToken cancellationToken)
    {
        row ??= NewSlide(slide, name);
        row.WantedRun = run.Value;
        row.WantedEtag = etag;
        row.Status = state.ToString();
        row.DeletedAt = null;
        RunLedger.Set(row, null);
        return await ledger.TryWriteSlideAsync(row, cancellationToken);
    }

    /// <summary>Writes why a slide has no run; one that has a run keeps its published result.</summary>
    private async Task<bool> TryRefuseAsync(SlideId slide, string name, string? etag, SlideFailure failure, CancellationToken cancellationToken)
    {
        var row = await ledger.FindSlideAsync(slide, cancellationToken) ?? NewSlide(slide, name);
        row.WantedRun = null;
        row.WantedEtag = etag;
        row.Status = nameof(RunState.Failed);
        row.DeletedAt = null;
        RunLedger.Set(row, failure);
        return await ledger.TryWriteSlideAsync(row, cancellationToken);
    }

    private async Task<bool> TryMarkDeletedAsync(SlideRow row, CancellationToken cancellationToken)
    {
        row.DeletedAt = time.GetUtcNow();
        row.WantedRun = null;
        row.Status = SlideStatus.Deleted;
        return await ledger.TryWriteSlideAsync(row, cancellationToken);
    }

    private SlideRow NewSlide(SlideId slide, string name) => new() { RowKey = slide.Value, Name = name, FirstUpload = time.GetUtcNow() };
}
