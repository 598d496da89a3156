namespace IdcFunctions.Training.Artefact;

/// <summary>What was chosen on the validation cases, for the card and the report.</summary>
public static class Choices
{
    /// <summary>What this training chose on them, as the subject of a sentence.</summary>
    public static string Made(Provenance provenance)
    {
        List<string> made = ["calibration", "threshold"];
        if (provenance.Options.Patience > 0 && provenance.Weights is null)
        {
            made.Add("the epoch");
        }

        if (provenance.Trials.Count > 0)
        {
            made.Add($"the best of {provenance.Trials.Count} trials of hyperparameters");
        }

        return $"{string.Join(", ", made.SkipLast(1))} and {made[^1]}";
    }

    /// <summary>What went before and may have been chosen on them too, as a sentence after a space; empty where nothing went before.</summary>
    public static string Before(Provenance provenance)
    {
        var before = new[]
        {
            provenance.Weights is null ? null : "the epoch of the weights and the attempt that they are of",
            provenance.Initial is null ? null : "the epoch and the attempt of the weights that it began with",
            provenance.Distillation is null ? null : "its teachers, their calibration and their thresholds",
        }.OfType<string>().ToList();
        return before.Count == 0 ? "" : $" What went before may have been chosen on the same cases too: {string.Join("; ", before)}.";
    }
}
