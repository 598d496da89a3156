using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Functions;

/// <summary>Makes a run's plan and cuts its patches, by the settings that the run was decided with.</summary>
public sealed class RunTiling(SlideDecoders decoders, RunFiles files, SlideMasks masks)
{
    /// <summary>Finds the slide's tissue; its patches are stored while it is read, the plan when all of them are.</summary>
    /// <exception cref="OtherTilingException">The run was decided by a program that cuts other patches.</exception>
    public async Task<TilingPlan> PlanAsync(BlobRangeSource source, SlideId slide, RunId run, RunRow row, CancellationToken cancellationToken)
    {
        var settings = row.ReadSettings();
        ThrowIfOther(settings);
        var request = await RequestAsync(slide, settings, cancellationToken);

        // Without a plan, what is stored may be of an attempt by another version of this program.
        await using var batches = new PatchBatches(
            Enumerable.InfiniteSequence(0, 1),
            settings.Tiling.BatchSize * settings.Tiling.PatchBytes,
            (batch, pixels, token) => files.ReplacePackedAsync(slide, run, batch, pixels, token));
        var tiled = await decoders.TileAsync(source, request, (_, pixels, token) => batches.AddAsync(pixels, token), cancellationToken);
        await batches.CompleteAsync(cancellationToken);

        // The mask first: a run that has a plan has its mask.
        var maskSha256 = await files.StoreMaskAsync(slide, run, tiled.MaskPng, cancellationToken);
        return await files.StorePlanAsync(slide, run, Plan(tiled, maskSha256, settings, row.Decided, source), cancellationToken);
    }

    /// <summary>Cuts those batches of an older plan whose patches are gone or torn.</summary>
    /// <exception cref="OtherTilingException">There are some, and the plan was made by a program that cuts other patches.</exception>
    public async Task CutMissingAsync(
        BlobRangeSource source, SlideId slide, RunId run, TilingPlan plan, List<int> open, CancellationToken cancellationToken)
    {
        var packed = await files.PackedBatchesAsync(slide, run, plan, cancellationToken);
        var missing = open.Where(batch => !packed.Contains(batch)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        ThrowIfOther(plan.Settings);
        var request = await RequestAsync(slide, plan.Settings, cancellationToken);
        await using var batches = new PatchBatches(
            missing,
            plan.Settings.Tiling.BatchSize * plan.PatchBytes,
            (batch, pixels, token) => files.ReplacePackedAsync(slide, run, batch, pixels, token));
        await decoders.CutAsync(
            source,
            request,
            [.. missing.SelectMany(batch => plan.BatchCells(batch).ToArray())],
            (_, pixels, token) => batches.AddAsync(pixels, token),
            cancellationToken);
        await batches.CompleteAsync(cancellationToken);
    }

    private async Task<TilingRequest> RequestAsync(SlideId slide, RunSettings settings, CancellationToken cancellationToken)
    {
        var tiling = settings.Tiling;
        var mask = tiling.MaskEtag is { } etag ? await masks.ReadAsync(slide, settings.Slide, etag, cancellationToken) : null;
        return new TilingRequest(
            settings.Slide,
            tiling.SpacingUmPx,
            tiling.TargetSpacingUmPx,
            tiling.PatchSidePixels,
            tiling.StridePixels,
            tiling.Region,
            tiling.IsUpsampled,
            tiling.Resampling,
            tiling.MinTissueFraction)
        {
            Tissue = tiling.Tissue,
            AppliesIcc = tiling.AppliesIcc,
            Mask = mask,
        };
    }

    private static TilingPlan Plan(TiledSlide tiled, string maskSha256, RunSettings settings, DateTimeOffset decided, BlobRangeSource source) =>
        new(TilingPlan.CurrentVersion, settings, decided, tiled.Properties, source.BytesRead, source.Gets, tiled.TissueCells)
        {
            NoTissueCells = tiled.NoTissueCells,
            ExcludedCells = tiled.ExcludedCells,
            OutsideRegionCells = tiled.OutsideRegionCells,
            Stain = tiled.Stain,
            MaskSha256 = maskSha256,
        };

    private static void ThrowIfOther(RunSettings settings)
    {
        if (settings.Tiling.TilingVersion != TilingVersion.Current)
        {
            throw new OtherTilingException(settings.Tiling.TilingVersion);
        }
    }
}
