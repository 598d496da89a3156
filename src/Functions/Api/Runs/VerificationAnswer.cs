using System.Collections.Immutable;
using IdcFunctions.Functions.Runs;

namespace IdcFunctions.Functions.Api;

/// <summary>Whether a slide's published result still is what it was.</summary>
/// <param name="Slide">The slide's id.</param>
/// <param name="Run">The published run.</param>
/// <param name="IsUnchanged">True where no part is changed or missing.</param>
/// <param name="Parts">The parts.</param>
public sealed record VerificationAnswer(string Slide, string Run, bool IsUnchanged, ImmutableArray<VerifiedPart> Parts);
