using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions;

/// <summary>Which of a slide's runs nobody will ask for any more.</summary>
public static class SupersededRuns
{
    /// <summary>How many model versions keep their last complete run, to be compared.</summary>
    private const int KeptModelVersions = 2;

    /// <summary>
    /// The runs to delete: final ones that were decided before the last complete run, but for the wanted and the published
    /// one, the last complete run of each of the two newest model versions, and those whose patches a run reads that stays.
    /// </summary>
    /// <param name="slide">The slide.</param>
    /// <param name="runs">All its runs.</param>
    /// <param name="changedBefore">Only runs whose row has not changed since.</param>
    public static IReadOnlyList<RunRow> ToDelete(SlideRow slide, IReadOnlyList<RunRow> runs, DateTimeOffset changedBefore)
    {
        var lastOfModels = runs
            .Where(run => run.ReadState() == RunState.Complete)
            .GroupBy(run => run.ReadSettings() is var settings ? (settings.ModelName, settings.ModelVersion) : default)
            .Select(ofModel => ofModel.MaxBy(run => run.Decided)!)
            .OrderByDescending(run => run.Decided)
            .Take(KeptModelVersions)
            .ToList();
        if (lastOfModels.Count == 0)
        {
            return [];
        }

        var kept = lastOfModels.Select(run => run.RowKey)
            .Append(slide.WantedRun)
            .Append(slide.PublishedRun)
            .ToHashSet();
        var gone = runs
            .Where(run => RunTransitions.IsFinal(run.ReadState())
                && !kept.Contains(run.RowKey)
                && run.Decided < lastOfModels[0].Decided
                && run.Timestamp < changedBefore)
            .ToList();

        // A run that cuts its own patches reads no other's: those that are read by what stays are found at one look.
        var read = runs.Except(gone).Select(run => run.PatchesRun).ToHashSet();
        return [.. gone.Where(run => !read.Contains(run.RowKey))];
    }
}
