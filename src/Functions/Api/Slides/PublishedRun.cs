using IdcFunctions.Slides;

namespace IdcFunctions.Functions.Api;

/// <summary>The run of a slide whose result readers see.</summary>
/// <param name="Slide">The slide.</param>
/// <param name="Run">The run.</param>
public sealed record PublishedRun(SlideId Slide, RunId Run);
