using System.Globalization;

namespace IdcFunctions.Training;

/// <summary>Checks a request's values, each by itself and against the others.</summary>
public static class RequestCheck
{
    /// <summary>Every fault, in the words of the command line.</summary>
    public static IEnumerable<string> Faults(TrainingRequest request) =>
        GivenOptions(request).Faults().Select(HyperparameterOptions.Told).Concat(SplitFaults(request)).Concat(WeightsFaults(request)).Concat(SearchFaults(request)).Concat(request.Target.Faults());

    /// <summary>Trials draw the learning rate: whether it suits the optimizer is then asked of its range.</summary>
    private static TrainingOptions GivenOptions(TrainingRequest request) =>
        request.Trials > 0 ? request.Options with { Optimizer = OptimizerKind.Sgd } : request.Options;

    private static IEnumerable<string> SplitFaults(TrainingRequest request)
    {
        var hasLists = request.TrainingLists.Count > 0 || request.ValidationList is not null;
        if (request.TrainingLists.Count > 0 != request.ValidationList is not null)
        {
            yield return "--train-cases and --validation-cases go together: give both, or neither to have the cases split.";
        }

        if (hasLists && request.SplitFolder is not null)
        {
            yield return "--split holds both lists: it goes with neither --train-cases nor --validation-cases.";
        }

        var isGiven = hasLists || request.SplitFolder is not null || request.Weights is not null || request.InitialWeights is not null;
        if (request.ValidationShare is not null && (hasLists || request.SplitFolder is not null || request.Weights is not null))
        {
            yield return "--validation-share is for a split that is drawn: it goes with neither case lists nor --split or --weights.";
        }

        if (request.ValidationShare is not null && request.Folds > 0)
        {
            yield return "--validation-share does not go with --folds: each fold is validated on a like number of cases.";
        }

        if (request.ValidationShare is not (null or > 0 and <= 0.5))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"--validation-share is {request.ValidationShare}; it must be above 0 and at most 0.5.");
        }

        if (request.LeakingSplit && (isGiven || request.Folds > 0))
        {
            yield return "--leaking-split draws patches: it goes with neither case lists nor --split, --weights, --initial-weights or --folds.";
        }

        if (request.Folds is < 0 or 1 || (request.Folds > 0 && (isGiven || request.Trials > 0)))
        {
            yield return $"--folds is {request.Folds}: it takes 2 or more, and goes with neither case lists nor --split, --weights, --initial-weights or --trials: each fold is validated on cases that its training has not seen.";
        }
    }

    private static IEnumerable<string> WeightsFaults(TrainingRequest request)
    {
        if (request.Weights is not null && request.InitialWeights is not null)
        {
            yield return "--weights exports and --initial-weights trains: give one of them.";
        }

        if (request.Weights is not null && request.Checkpoints is not null)
        {
            yield return "--checkpoints is for a training, and --weights trains nothing: leave it out.";
        }

        if (request is { InitialWeights: { } initial, Checkpoints: { } checkpoints }
            && Path.GetDirectoryName(Path.GetFullPath(initial)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoints)))
        {
            yield return "--initial-weights lie in --checkpoints, where the new training's weights would be written over them: give another folder.";
        }

        if (request.CardNotes is not null && request.Folds > 0)
        {
            yield return "--card-notes are for a model's card, and --folds writes no model: leave them out.";
        }

        if (request.Options.FrozenGroups > 0 && request.InitialWeights is null)
        {
            yield return "--freeze keeps weights as they are, and those are random: it needs --initial-weights.";
        }

        if (request.Teachers.Count > 0 && (request.Folds > 0 || request.Weights is not null || request.LeakingSplit))
        {
            yield return "--teachers know the cases they were trained on: they go with neither --folds nor --leaking-split, and --weights trains nothing.";
        }

        if (request.TeacherShare is not (null or > 0 and <= 1) || (request.TeacherShare is not null && request.Teachers.Count == 0))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"--teacher-share is {request.TeacherShare}; it must be above 0 and at most 1, and needs --teachers.");
        }
    }

    private static IEnumerable<string> SearchFaults(TrainingRequest request)
    {
        if (request.Trials < 0 || (request.Trials > 0 && request.Weights is not null))
        {
            yield return $"--trials is {request.Trials}: it takes 1 or more, and does not go with --weights.";
        }

        if (request.TrialHours is not (null or > 0))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--trial-hours is {request.TrialHours}; it must be above 0.");
        }

        foreach (var option in new[] { request.TrialHours is null ? null : "--trial-hours", request.Ranges.Count == 0 ? null : "--range" }.OfType<string>().Where(_ => request.Trials == 0))
        {
            yield return $"{option} is for --trials: give their number too.";
        }

        if (!(request.HourPrice >= 0 && double.IsFinite(request.HourPrice)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--hour-price is {request.HourPrice}; it must be 0 or more.");
        }

        if (request.Trials > 0 && request.Options.Optimizer == OptimizerKind.AdamW && !request.Ranges.Any(range => range.StartsWith("learning-rate=", StringComparison.Ordinal)))
        {
            yield return "--range gives no learning-rate, and the default range is that of SGD, much too high for AdamW: give one, such as learning-rate=0.0003..0.003.";
        }

        foreach (var fault in TrialRange.Faults(request.Ranges))
        {
            yield return fault;
        }
    }
}
