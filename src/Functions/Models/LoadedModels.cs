using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;

namespace IdcFunctions.Functions.Models;

/// <summary>
/// The ONNX sessions of the graphs in use, at most two, the least recently used going first. A graph is loaded once, however
/// many ask for it meanwhile, and nobody waits for another's.
/// </summary>
internal sealed class LoadedModels : IDisposable
{
    private const int MostSessions = 2;

    private readonly CancellationTokenSource stopping = new();
    private readonly LinkedList<LoadedModel> loaded = [];
    private readonly Lock gate = new();

    /// <summary>The session on a graph of a version; null where it is not even being loaded.</summary>
    public LoadedModel? Find(string name, string version, Predicate<ScoringGraph> isWanted)
    {
        lock (gate)
        {
            var model = loaded.FirstOrDefault(model => model.Name == name && model.Version == version && isWanted(model.Graph));
            if (model is not null)
            {
                loaded.Remove(model);
                loaded.AddFirst(model);
            }

            return model;
        }
    }

    /// <summary>The session on a graph, which begins to be loaded where it is not there.</summary>
    public LoadedModel FindOrLoad(ModelManifest manifest, ScoringGraph graph, Func<CancellationToken, Task<PatchScorer>> load)
    {
        lock (gate)
        {
            if (Find(manifest.ModelName, manifest.ModelVersion, other => other.Sha256 == graph.Sha256) is { } model)
            {
                return model;
            }

            model = new LoadedModel(manifest.ModelName, manifest.ModelVersion, graph, Task.Run(() => load(stopping.Token)));
            if (loaded.Count == MostSessions)
            {
                // Not disposed here: a batch may be on it; its native memory goes with the last reference.
                loaded.RemoveLast();
            }

            loaded.AddFirst(model);
            return model;
        }
    }

    /// <summary>
    /// Waits for a session. One that can't be loaded is forgotten, so that the next one tries again: a GPU may be back, a
    /// lost file stored again.
    /// </summary>
    public async Task<PatchScorer> WaitAsync(LoadedModel model, CancellationToken cancellationToken)
    {
        try
        {
            return await model.Scorer.WaitAsync(cancellationToken);
        }
        catch when (model.Scorer is { IsCompleted: true, IsCompletedSuccessfully: false })
        {
            lock (gate)
            {
                loaded.Remove(model);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        foreach (var model in loaded.Where(model => model.Scorer.IsCompletedSuccessfully))
        {
            model.Scorer.Result.Dispose();
        }

        stopping.Dispose();
    }
}
