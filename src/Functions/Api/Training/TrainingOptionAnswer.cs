namespace IdcFunctions.Functions.Api.Training;

/// <summary>A hyperparameter.</summary>
/// <param name="Name">Its name in a request's <c>options</c>.</param>
/// <param name="Help">What it is, and where its default comes from.</param>
/// <param name="Default">Its default.</param>
/// <param name="Minimum">Its least value; null for a choice.</param>
/// <param name="Maximum">Its greatest value; null for a choice, or where there is none.</param>
/// <param name="IsWhole">True for whole numbers.</param>
/// <param name="Choices">What can be chosen; empty for a number.</param>
public sealed record TrainingOptionAnswer(
    string Name,
    string Help,
    string Default,
    double? Minimum,
    double? Maximum,
    bool IsWhole,
    IReadOnlyList<string> Choices);
