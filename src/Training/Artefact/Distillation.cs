using System.Collections.Immutable;

namespace IdcFunctions.Training.Artefact;

/// <summary>Which models a network learnt from beside the labels.</summary>
/// <param name="Teachers">The models.</param>
/// <param name="Share">Share of a target that was their mean answer, above 0 to 1.</param>
public sealed record Distillation(ImmutableArray<TeacherModel> Teachers, double Share);
