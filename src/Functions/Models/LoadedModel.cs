using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;

namespace IdcFunctions.Functions.Models;

/// <summary>A graph's session, loaded or being loaded.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="Graph">Which of its graphs.</param>
/// <param name="Scorer">The session.</param>
internal sealed record LoadedModel(string Name, string Version, ScoringGraph Graph, Task<PatchScorer> Scorer);
