using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides.Stain;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Artefact;

/// <summary>Measures the training cases' colours for the manifest, so that slides of other stains can be told.</summary>
public static class TrainingStain
{
    /// <summary>The reference; null where the cases are too few or too alike to measure a distance by.</summary>
    public static StainReference? Of(PatchDataset training) => StainReference.Of([.. ProfilesOf(training).Values]);

    /// <summary>The colours of each case, by its id; cases in which nothing is stained are left out.</summary>
    public static IReadOnlyDictionary<string, StainProfile> ProfilesOf(PatchDataset patches)
    {
        var meters = new SortedDictionary<string, StainMeter>(StringComparer.Ordinal);
        for (var i = 0; i < patches.Patches.Count; i++)
        {
            var id = patches.Patches[i].Case;
            if (!meters.TryGetValue(id, out var meter))
            {
                meters[id] = meter = new StainMeter();
            }

            meter.Add(patches.Pixels.AsSpan(i * PatchDataset.PatchBytes, PatchDataset.PatchBytes));
        }

        return meters
            .Select(item => (item.Key, Profile: item.Value.ToProfile()))
            .Where(item => item.Profile is not null)
            .ToDictionary(item => item.Key, item => item.Profile!, StringComparer.Ordinal);
    }
}
