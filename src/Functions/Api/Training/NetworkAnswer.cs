using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>A network from the patch to the probability.</summary>
/// <param name="Name">Its name in manifests.</param>
/// <param name="Layers">Its parts, in order.</param>
/// <param name="Parameters">Their weights together.</param>
/// <param name="Gflop">Billions of operations for one patch.</param>
public sealed record NetworkAnswer(string Name, IReadOnlyList<NetworkLayer> Layers, long Parameters, double Gflop);
