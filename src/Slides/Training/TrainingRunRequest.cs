using System.Globalization;

namespace IdcFunctions.Slides.Training;

/// <summary>What a training run is to do: its <c>request.json</c>.</summary>
public sealed record TrainingRunRequest
{
    /// <summary>The data set's name in container <c>datasets</c>.</summary>
    public string Dataset { get; init => field = value ?? ""; } = "";

    /// <summary>True only to take the data set in: it is packed and its report written; nothing is trained.</summary>
    public bool IntakeOnly { get; init; }

    /// <summary>The name of the model that is published; left out, it is made of the network's depth and width.</summary>
    public string ModelName { get; init => field = value ?? ""; } = "";

    /// <summary>The version that is published; one that exists is never overwritten.</summary>
    public string ModelVersion { get; init => field = value ?? ""; } = "";

    /// <summary>Share of the cases that a drawn split validates on, above 0 to 0.5; left out, 0.2.</summary>
    public double? ValidationShare { get; init; }

    /// <summary>True to split patch by patch instead of by case, which leaks: only to show what that makes of the figures.</summary>
    public bool LeakingSplit { get; init; }

    /// <summary>The cases to train on; empty to have the split drawn.</summary>
    public IReadOnlyList<string> TrainingCases { get; init => field = value ?? []; } = [];

    /// <summary>The cases to choose, calibrate and evaluate on; empty to have the split drawn.</summary>
    public IReadOnlyList<string> ValidationCases { get; init => field = value ?? []; } = [];

    /// <summary>The hyperparameters.</summary>
    public TrainingOptions Options { get; init => field = value ?? new(); } = new();

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>The published model's name.</summary>
    public string NameOfModel() => ModelName.Length > 0 ? ModelName : $"idc-wrn-{Options.Depth}-{Options.Width}";

    /// <summary>All that is wrong with it, by field, before anything starts.</summary>
    public IEnumerable<(string Field, string Fault)> Faults()
    {
        if (!StoredName.IsValid(Dataset))
        {
            yield return ("dataset", $"'{Dataset}' is no data set's name: {StoredName.Rule}.");
        }

        if (IntakeOnly)
        {
            yield break;
        }

        foreach (var fault in Options.Faults().Concat(ModelFaults()).Concat(SplitFaults()))
        {
            yield return fault;
        }
    }

    private IEnumerable<(string Field, string Fault)> ModelFaults()
    {
        if (ModelName.Length > 0 && !StoredName.IsValid(ModelName))
        {
            yield return ("modelName", $"'{ModelName}': {StoredName.Rule}.");
        }

        if (!StoredName.IsValid(ModelVersion))
        {
            yield return ("modelVersion", $"'{ModelVersion}': {StoredName.Rule}.");
        }

        if (Options.FrozenGroups > 0)
        {
            yield return (
                "options.frozenGroups",
                "it keeps weights as they are, and those of a new run are random: give 0, or train with the program's --initial-weights.");
        }
    }

    private IEnumerable<(string Field, string Fault)> SplitFaults()
    {
        var hasLists = TrainingCases.Count > 0;
        if (hasLists != ValidationCases.Count > 0)
        {
            yield return (
                hasLists ? "validationCases" : "trainingCases",
                "the two lists go together: give both, or neither to have the cases split.");
        }

        if (TrainingCases.Intersect(ValidationCases, StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(10).ToList() is { Count: > 0 } both)
        {
            yield return (
                "validationCases",
                $"the cases {string.Join(", ", both)} are to be trained on and evaluated on. Take them out of one list.");
        }

        if (ValidationShare is not (null or > 0 and <= 0.5))
        {
            yield return ("validationShare", string.Create(
                CultureInfo.InvariantCulture,
                $"it is {ValidationShare}; it must be above 0 and at most 0.5."));
        }

        if (hasLists && (ValidationShare is not null || LeakingSplit))
        {
            yield return (LeakingSplit ? "leakingSplit" : "validationShare", "it is for a split that is drawn, and goes with no case lists.");
        }
    }
}
