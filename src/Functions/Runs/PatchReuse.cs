using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>Lets a rescore read the patches that another run of the same content has cut, so that it reads nothing of the slide.</summary>
public sealed class PatchReuse(RunLedger ledger, RunFiles files)
{
    /// <summary>The plan that a run with these settings would make again; null where the slide has none.</summary>
    public async Task<FoundPlan?> FindAsync(SlideRow row, RunSettings settings, CancellationToken cancellationToken)
    {
        var slide = SlideId.FromName(row.Name);
        foreach (var run in new[] { row.PublishedRun, row.WantedRun }.OfType<string>().Distinct().Select(RunId.Parse))
        {
            if (await ledger.FindRunAsync(slide, run, cancellationToken) is { } found
                && found.ReadSettings() is var tiled && (tiled.Etag, tiled.Length, tiled.Tiling) == (settings.Etag, settings.Length, settings.Tiling)
                && await FindPlanAsync(slide, run, cancellationToken) is { } plan)
            {
                // One that was to read another's patches and found none has cut them again for itself.
                var hasOwn = plan.PatchesRun is null
                    || (await files.OwnPackedBatchesAsync(slide, run, plan, cancellationToken)).Count == plan.Batches;
                return new FoundPlan(run, hasOwn ? plan with { PatchesRun = run.Value } : plan);
            }
        }

        return null;
    }

    /// <summary>A plan that can't be read is as good as none: a rescore is the way out of it.</summary>
    private async Task<TilingPlan?> FindPlanAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return await files.FindPlanAsync(slide, run, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Stores the found plan, and its mask, as a run's own. Where this is not reached the run is tiled anew.</summary>
    public async Task StoreAsync(SlideId slide, RunRow run, FoundPlan found, CancellationToken cancellationToken)
    {
        var to = RunId.Parse(run.RowKey);
        await files.CopyMaskAsync(slide, found.Run, to, cancellationToken);
        var plan = found.Plan with { Settings = run.ReadSettings(), Decided = run.Decided, BytesRead = 0, Gets = 0 };
        await files.StorePlanAsync(slide, to, plan, cancellationToken);
    }
}
