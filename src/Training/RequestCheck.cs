using System.Globalization;

namespace IdcFunctions.Training;

/// <summary>Checks a request before anything starts, and tells all faults at once.</summary>
public static class RequestCheck
{
    /// <summary>Throws with every fault, a line each.</summary>
    /// <exception cref="ArgumentException">A value is out of its range, or two do not go together.</exception>
    public static void ThrowIfInvalid(TrainingRequest request)
    {
        var faults = request.Options.Faults().Select(fault => fault.Fault).Concat(Combinations(request)).ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults));
        }
    }

    private static IEnumerable<string> Combinations(TrainingRequest request)
    {
        var hasLists = request.TrainingLists.Count > 0;
        if (hasLists != request.ValidationList is not null)
        {
            yield return "--train-cases and --validation-cases go together: give both, or neither to have the cases split.";
        }

        if (request.ValidationShare is not null && (hasLists || request.Weights is not null))
        {
            yield return "--validation-share is for a split that is drawn: it goes with neither case lists nor --weights.";
        }

        if (request.ValidationShare is not (null or > 0 and <= 0.5))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--validation-share is {request.ValidationShare}; it must be above 0 and at most 0.5.");
        }

        if (request.LeakingSplit && (hasLists || request.Weights is not null || request.Folds > 0))
        {
            yield return "--leaking-split draws patches: it goes with neither case lists nor --weights nor --folds.";
        }

        if (request.Folds is < 0 or 1 || (request.Folds > 0 && (hasLists || request.Weights is not null || request.Trials > 0)))
        {
            yield return $"--folds is {request.Folds}: it takes 2 or more, and goes with neither case lists nor --weights nor --trials.";
        }

        if (request.Trials < 0 || (request.Trials > 0 && request.Weights is not null))
        {
            yield return $"--trials is {request.Trials}: it takes 1 or more, and does not go with --weights.";
        }

        if (request.Weights is not null && request.InitialWeights is not null)
        {
            yield return "--weights exports and --initial-weights trains: give one of them.";
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
            yield return string.Create(CultureInfo.InvariantCulture, $"--teacher-share is {request.TeacherShare}; it must be above 0 and at most 1, and needs --teachers.");
        }

        foreach (var fault in request.Target.Faults().Concat(TrialRange.Faults(request.Ranges)))
        {
            yield return fault;
        }
    }
}
