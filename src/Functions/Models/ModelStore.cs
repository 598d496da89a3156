using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Models;

/// <summary>
/// The models in storage: immutable versions, which of them is active, and the ONNX sessions of those in use, at most
/// two, the least recently used going first.
/// </summary>
public sealed partial class ModelStore(StorageClients storage, IOptions<ScoringOptions> scoring, ILogger<ModelStore> logger) : IDisposable
{
    private const int MostSessions = 2;

    private static readonly JsonSerializerOptions ActiveJson = new(JsonSerializerDefaults.Web);

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Models);
    private readonly SemaphoreSlim loading = new(1);
    private readonly LinkedList<LoadedModel> loaded = [];

    /// <summary>Publishes the models that came with the program and loads the active one; a model that can't be loaded is logged, not fatal, so that another can be activated.</summary>
    public async Task WarmAsync(string folder, CancellationToken cancellationToken)
    {
        await PublishShippedAsync(folder, cancellationToken);
        try
        {
            if (await FindActiveAsync(cancellationToken) is { } active)
            {
                await GetScorerAsync(active.ModelName, active.ModelVersion, null, cancellationToken);
            }
        }
        catch (ModelRefusedException refused)
        {
            Log.NotReady(logger, refused.Message);
        }
    }

    /// <summary>Copies models that came with the program into storage, creating only; activates the last one where none is active.</summary>
    /// <param name="folder">Folder with <c>{name}/{version}/config.json</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task PublishShippedAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var manifestFile in Directory.EnumerateFiles(folder, BlobNames.ModelManifest, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var manifest = ModelManifest.Parse(await File.ReadAllBytesAsync(manifestFile, cancellationToken));
            var files = Directory.EnumerateFiles(Path.GetDirectoryName(manifestFile)!).Where(file => file != manifestFile);
            foreach (var file in files.Append(manifestFile))
            {
                // The manifest last: a version that has one is whole.
                var blob = container.GetBlobClient(BlobNames.ModelFile(manifest.ModelName, manifest.ModelVersion, Path.GetFileName(file)));
                await blob.TryCreateAsync(BinaryData.FromBytes(await File.ReadAllBytesAsync(file, cancellationToken)), cancellationToken);
            }

            var active = new ActiveModel(manifest.ModelName, manifest.ModelVersion);
            if (await container.GetBlobClient(BlobNames.ActiveModel).TryCreateAsync(BinaryData.FromObjectAsJson(active, ActiveJson), cancellationToken))
            {
                Log.Activated(logger, active.Name, active.Version);
            }
        }
    }

    /// <summary>The active model's manifest; null where none is active.</summary>
    /// <exception cref="ModelRefusedException">The active model's manifest is missing or can't be used.</exception>
    public async Task<ModelManifest?> FindActiveAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(BlobNames.ActiveModel, cancellationToken) is not { } json)
        {
            return null;
        }

        var active = JsonSerializer.Deserialize<ActiveModel>(json, ActiveJson)!;
        return await FindManifestAsync(active.Name, active.Version, cancellationToken)
            ?? throw new ModelRefusedException($"{active.Name} {active.Version}: active.json names it, but it has no {BlobNames.ModelManifest} in storage. Activate a model that is there.");
    }

    /// <summary>A version's manifest, or null.</summary>
    public async Task<ModelManifest?> FindManifestAsync(string name, string version, CancellationToken cancellationToken) =>
        await FindAsync(BlobNames.ModelFile(name, version, BlobNames.ModelManifest), cancellationToken) is { } json ? ModelManifest.Parse(json) : null;

    /// <summary>The hash, computed anew, of the version's graph that its manifest gives a hash; null where there is none.</summary>
    public async Task<string?> FindGraphHashAsync(string name, string version, string sha256, CancellationToken cancellationToken) =>
        (await FindManifestAsync(name, version, cancellationToken))?.FindGraph(sha256) is { } graph
            && await FindAsync(BlobNames.ModelFile(name, version, graph.File), cancellationToken) is { } content
            ? Convert.ToHexStringLower(SHA256.HashData(content))
            : null;

    /// <summary>All versions in storage.</summary>
    public async Task<List<ActiveModel>> ListAsync(CancellationToken cancellationToken)
    {
        var versions = new List<ActiveModel>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
        {
            if (blob.Name.Split('/') is [var name, var version, BlobNames.ModelManifest])
            {
                versions.Add(new ActiveModel(name, version));
            }
        }

        return versions;
    }

    /// <summary>Makes a version the one that new runs are scored with. It is loaded first: what can't be loaded can't be activated.</summary>
    /// <exception cref="ModelRefusedException">The version is not there or does not pass its checks.</exception>
    public async Task ActivateAsync(string name, string version, CancellationToken cancellationToken)
    {
        await GetScorerAsync(name, version, null, cancellationToken);
        await container.GetBlobClient(BlobNames.ActiveModel)
            .UploadAsync(BinaryData.FromObjectAsJson(new ActiveModel(name, version), ActiveJson), overwrite: true, cancellationToken);
        Log.Activated(logger, name, version);
    }

    /// <summary>A session on a version, loaded and checked on first use.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="sha256">The hash of the graph that the run was decided for; null for the one of <see cref="ScoringOptions.Precision"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ModelRefusedException">The version is not there, is another file than the run was decided for, or does not pass its checks.</exception>
    public async Task<PatchScorer> GetScorerAsync(string name, string version, string? sha256, CancellationToken cancellationToken)
    {
        await loading.WaitAsync(cancellationToken);
        try
        {
            var model = loaded.FirstOrDefault(model => model.Name == name && model.Version == version
                && (sha256 is null ? model.Scorer.Graph.Precision == scoring.Value.Precision : model.Scorer.Graph.Sha256 == sha256));
            if (model is null)
            {
                model = new LoadedModel(name, version, await LoadAsync(name, version, sha256, cancellationToken));
                if (loaded.Count == MostSessions)
                {
                    // Not disposed here: a batch may be on it; its native memory goes with the last reference.
                    loaded.RemoveLast();
                }
            }
            else
            {
                loaded.Remove(model);
            }

            loaded.AddFirst(model);
            return model.Scorer;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in loaded)
        {
            model.Scorer.Dispose();
        }

        loading.Dispose();
    }

    private async Task<PatchScorer> LoadAsync(string name, string version, string? sha256, CancellationToken cancellationToken)
    {
        var manifest = await FindManifestAsync(name, version, cancellationToken)
            ?? throw new ModelRefusedException($"{name} {version}: storage holds no such model. Publish it, or activate another.");
        var graph = sha256 is null
            ? manifest.GraphOf(scoring.Value.Precision)
            : manifest.FindGraph(sha256)
                ?? throw new ModelRefusedException($"{name} {version}: the run was decided for the graph {sha256}, storage holds {string.Join(", ", manifest.Graphs.Select(graph => graph.Sha256))}. Versions are immutable: publish the changed model as a new version and rescore.");
        var onnx = await RequireAsync(manifest, graph.File, cancellationToken);
        var golden = await RequireAsync(manifest, manifest.Golden.File, cancellationToken);
        var scorer = PatchScorer.Load(manifest, graph, onnx, golden, scoring.Value);
        Log.Loaded(logger, name, version, scorer.Provider);
        if (scorer.FallbackReason is { } reason)
        {
            Log.FellBack(logger, reason);
        }

        return scorer;
    }

    private async Task<byte[]> RequireAsync(ModelManifest manifest, string file, CancellationToken cancellationToken) =>
        await FindAsync(BlobNames.ModelFile(manifest.ModelName, manifest.ModelVersion, file), cancellationToken)
        ?? throw new ModelRefusedException($"{manifest.ModelName} {manifest.ModelVersion}: its file {file} is not in storage. Publish the model again as a new version.");

    private Task<byte[]?> FindAsync(string name, CancellationToken cancellationToken) =>
        container.GetBlobClient(name).FindContentAsync(cancellationToken);

    private sealed record LoadedModel(string Name, string Version, PatchScorer Scorer);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Model {Name} {Version} is active")]
        public static partial void Activated(ILogger logger, string name, string version);

        [LoggerMessage(2, LogLevel.Information, "Model {Name} {Version} is loaded on {Provider}; its golden patches agree")]
        public static partial void Loaded(ILogger logger, string name, string version, string provider);

        [LoggerMessage(3, LogLevel.Error, "Scoring runs on the CPU although a GPU was asked for: {Reason}")]
        public static partial void FellBack(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Error, "The active model can't be used: {Reason}")]
        public static partial void NotReady(ILogger logger, string reason);
    }
}
