using System.Security.Cryptography;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Models;

/// <summary>The models in storage: immutable versions, which of them is active, and the ONNX sessions of those in use.</summary>
public sealed partial class ModelStore(StorageClients storage, IOptions<ScoringOptions> scoring, ILogger<ModelStore> logger) : IDisposable
{
    private static readonly JsonSerializerOptions ActiveJson = new(JsonSerializerDefaults.Web);

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Models);
    private readonly LoadedModels loaded = new();

    /// <summary>The precision of this app's own sessions, whatever runs are scored with.</summary>
    private ScoringPrecision OwnPrecision => scoring.Value.ScoredElsewhere ? ScoringPrecision.Fp32 : scoring.Value.Precision;

    /// <summary>
    /// Publishes the models that came with the program and loads the active one; a model that can't be loaded is logged,
    /// not fatal, so that another can be activated.
    /// </summary>
    /// <exception cref="GpuRequiredException">The GPU that is required is not there, whether there is a model or not.</exception>
    public async Task WarmAsync(string folder, CancellationToken cancellationToken)
    {
        OnnxSessions.RequireGpu(scoring.Value);
        await PublishShippedAsync(folder, cancellationToken);
        try
        {
            if (await FindActiveAsync(cancellationToken) is { } active)
            {
                await GetOwnScorerAsync(active.ModelName, active.ModelVersion, cancellationToken);
            }
        }
        catch (ModelRefusedException refused)
        {
            Log.NotReady(logger, refused.Message);
        }
    }

    /// <summary>
    /// Copies models that came with the program into storage, creating only; activates the first one, in the order of
    /// their names and versions, where none is active.
    /// </summary>
    /// <param name="folder">Folder with <c>{name}/{version}/config.json</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task PublishShippedAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var manifestFiles = Directory.EnumerateFiles(folder, BlobNames.ModelManifest, SearchOption.AllDirectories);
        foreach (var manifestFile in manifestFiles.Order(StringComparer.Ordinal))
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
            var activeBlob = container.GetBlobClient(BlobNames.ActiveModel);
            if (await activeBlob.TryCreateAsync(BinaryData.FromObjectAsJson(active, ActiveJson), cancellationToken))
            {
                Log.Activated(logger, active.Name, active.Version);
            }
        }
    }

    /// <summary>The active model's manifest; null where none is active.</summary>
    /// <exception cref="ModelRefusedException">
    /// What says which model is active is damaged, or that model's manifest is missing or can't be used.
    /// </exception>
    public async Task<ModelManifest?> FindActiveAsync(CancellationToken cancellationToken)
    {
        if (await ReadActiveAsync(cancellationToken) is not { } active)
        {
            return null;
        }

        return await FindManifestAsync(active.Name, active.Version, cancellationToken)
            ?? throw new ModelRefusedException(
                $"{active.Name} {active.Version}: active.json names it, but it has no {BlobNames.ModelManifest} in storage. "
                + "Activate a model that is there.");
    }

    private async Task<ActiveModel?> ReadActiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var active = await container.GetBlobClient(BlobNames.ActiveModel).FindJsonAsync<ActiveModel>(ActiveJson, cancellationToken);
            return active is null or { Name: not null, Version: not null } ? active : throw new JsonException("It names no model and version.");
        }
        catch (JsonException exception)
        {
            throw new ModelRefusedException(
                $"{BlobNames.ActiveModel}, which says which model is active, can't be read: {exception.Message} "
                + "Activate a model: it is then written anew.",
                exception);
        }
    }

    /// <summary>A version's manifest, or null.</summary>
    public async Task<ModelManifest?> FindManifestAsync(string name, string version, CancellationToken cancellationToken) =>
        await FindAsync(BlobNames.ModelFile(name, version, BlobNames.ModelManifest), cancellationToken) is { } json
            ? ModelManifest.Parse(json)
            : null;

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
    /// <exception cref="ModelRefusedException">
    /// The version is not there, does not pass its checks, or has no graph that new runs could be decided for.
    /// </exception>
    /// <exception cref="GpuRequiredException">The GPU that is required can't be used.</exception>
    public async Task ActivateAsync(string name, string version, CancellationToken cancellationToken)
    {
        await GetOwnScorerAsync(name, version, cancellationToken);
        await container.GetBlobClient(BlobNames.ActiveModel)
            .UploadAsync(BinaryData.FromObjectAsJson(new ActiveModel(name, version), ActiveJson), overwrite: true, cancellationToken);
        Log.Activated(logger, name, version);
    }

    /// <summary>
    /// The session on a version for what this app predicts itself, loaded and checked on first use; new runs can be
    /// decided for the version then.
    /// </summary>
    /// <exception cref="ModelRefusedException">
    /// The version is not there, does not pass its checks, or has no graph that new runs could be decided for.
    /// </exception>
    /// <exception cref="GpuRequiredException">The GPU that is required can't be used.</exception>
    public Task<PatchScorer> GetOwnScorerAsync(string name, string version, CancellationToken cancellationToken) =>
        GetAsync(
            name,
            version,
            graph => graph.Precision == OwnPrecision,
            manifest =>
            {
                _ = manifest.GraphOf(scoring.Value.Precision);
                return manifest.GraphOf(OwnPrecision);
            },
            cancellationToken);

    /// <summary>A session on the graph that a run was decided for, loaded and checked on first use.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="version">The model's version.</param>
    /// <param name="sha256">The graph's hash.</param>
    /// <param name="cancellationToken">Cancels the wait; the model is loaded all the same, since others may wait for it.</param>
    /// <exception cref="ModelRefusedException">
    /// The version is not there, is another file than the run was decided for, is made for another provider, or does not
    /// pass its checks.
    /// </exception>
    /// <exception cref="GpuRequiredException">The GPU that is required can't be used.</exception>
    public Task<PatchScorer> GetScorerAsync(string name, string version, string sha256, CancellationToken cancellationToken) =>
        GetAsync(
            name,
            version,
            graph => graph.Sha256 == sha256,
            manifest => manifest.FindGraph(sha256)
                ?? throw new ModelRefusedException(
                    $"{name} {version}: the run was decided for the graph {sha256}, "
                    + $"storage holds {string.Join(", ", manifest.Graphs.Select(graph => graph.Sha256))}. "
                    + "Versions are immutable: publish the changed model as a new version and rescore."),
            cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => loaded.Dispose();

    private async Task<PatchScorer> GetAsync(
        string name, string version, Predicate<ScoringGraph> isWanted, Func<ModelManifest, ScoringGraph> choose, CancellationToken cancellationToken)
    {
        var model = loaded.Find(name, version, isWanted);
        if (model is null)
        {
            var manifest = await FindManifestAsync(name, version, cancellationToken)
                ?? throw new ModelRefusedException($"{name} {version}: storage holds no such model. Publish it, or activate another.");
            var graph = choose(manifest);
            manifest.CheckRunsOn(graph, scoring.Value.Provider);
            model = loaded.FindOrLoad(manifest, graph, token => LoadAsync(manifest, graph, token));
        }

        return await loaded.WaitAsync(model, cancellationToken);
    }

    private async Task<PatchScorer> LoadAsync(ModelManifest manifest, ScoringGraph graph, CancellationToken cancellationToken)
    {
        var onnx = await RequireAsync(manifest, graph.File, cancellationToken);
        var golden = await RequireAsync(manifest, manifest.Golden.File, cancellationToken);
        var scorer = PatchScorer.Load(manifest, graph, onnx, golden, scoring.Value);
        Log.Loaded(logger, manifest.ModelName, manifest.ModelVersion, scorer.Provider, scorer.Threads, scorer.ChunkSize);
        if (scorer.FallbackReason is { } reason)
        {
            Log.FellBack(logger, reason);
        }

        return scorer;
    }

    private async Task<byte[]> RequireAsync(ModelManifest manifest, string file, CancellationToken cancellationToken) =>
        await FindAsync(BlobNames.ModelFile(manifest.ModelName, manifest.ModelVersion, file), cancellationToken)
        ?? throw new ModelRefusedException(
            $"{manifest.ModelName} {manifest.ModelVersion}: its file {file} is not in storage. "
            + "Publish the model again as a new version.");

    private Task<byte[]?> FindAsync(string name, CancellationToken cancellationToken) =>
        container.GetBlobClient(name).FindContentAsync(cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Model {Name} {Version} is active")]
        public static partial void Activated(ILogger logger, string name, string version);

        [LoggerMessage(
            2,
            LogLevel.Information,
            "Model {Name} {Version} is loaded on {Provider} with {Threads} threads, {ChunkSize} patches a call; "
            + "its golden patches agree")]
        public static partial void Loaded(ILogger logger, string name, string version, string provider, int threads, int chunkSize);

        [LoggerMessage(3, LogLevel.Error, "Scoring runs on the CPU although a GPU was asked for: {Reason}")]
        public static partial void FellBack(ILogger logger, string reason);

        [LoggerMessage(4, LogLevel.Error, "The active model can't be used: {Reason}")]
        public static partial void NotReady(ILogger logger, string reason);
    }
}
