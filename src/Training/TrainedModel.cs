using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>A network, what it was made from, and how good it is.</summary>
/// <param name="Network">The network.</param>
/// <param name="Provenance">What it was made from.</param>
/// <param name="Evaluation">What it reaches on its validation cases.</param>
public sealed record TrainedModel(WideResNet Network, Provenance Provenance, ModelEvaluation Evaluation) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
