using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// A run's blobs. Plan, packed batches, results and <c>run.json</c> are written once: the first writer wins, whoever
/// loses gets the winner's content, so that two processes on one run can't mix results.
/// </summary>
public sealed class RunFiles(StorageClients storage)
{
    private const int BlobsAtOnce = 8;

    private readonly BlobContainerClient results = storage.Blobs.GetBlobContainerClient(Containers.Results);
    private readonly BlobContainerClient patches = storage.Blobs.GetBlobContainerClient(Containers.Patches);

    /// <summary>The stored plan, or null.</summary>
    public async Task<TilingPlan?> FindPlanAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.Plan(slide, run), cancellationToken) is { } json ? TilingPlan.FromJson(json) : null;

    /// <summary>Stores the plan, or returns the one that was there first.</summary>
    public async Task<TilingPlan> StorePlanAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken) =>
        TilingPlan.FromJson(await StoreOnceAsync(results, BlobNames.Plan(slide, run), plan.ToJson(), cancellationToken));

    /// <summary>Stores the tissue mask unless it is there.</summary>
    public async Task StoreMaskAsync(SlideId slide, RunId run, byte[] png, CancellationToken cancellationToken) =>
        await results.GetBlobClient(BlobNames.Export(slide, run, Exports.MaskPng)).TryCreateAsync(BinaryData.FromBytes(png), cancellationToken);

    /// <summary>Copies the tissue mask of a run to another one of the same content.</summary>
    public async Task CopyMaskAsync(SlideId slide, RunId from, RunId to, CancellationToken cancellationToken)
    {
        if (await FindExportAsync(slide, from, Exports.MaskPng, cancellationToken) is { } png)
        {
            await StoreMaskAsync(slide, to, png, cancellationToken);
        }
    }

    /// <summary>All scores of a run whose batches are finished, in grid order.</summary>
    /// <exception cref="InvalidDataException">A batch's scores are gone.</exception>
    public async Task<IReadOnlyList<PatchScore>> ReadScoresAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken) =>
        [.. (await ReadBatchesAsync(slide, run, plan, cancellationToken)).SelectMany(batch => batch.Scores)];

    /// <summary>The batches of a run that are all finished, in order.</summary>
    /// <exception cref="InvalidDataException">A batch's scores are gone.</exception>
    public async Task<IReadOnlyList<BatchScores>> ReadBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var batches = new BatchScores[plan.Batches];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = BlobsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, plan.Batches, limits, async (batch, token) =>
            batches[batch] = await FindScoresAsync(slide, run, batch, token)
                ?? throw new InvalidDataException($"Batch {batch} of run {run} is finished, but its stored scores are gone."));
        return batches;
    }

    /// <summary>A complete run's plan and scores; null where they are no longer stored.</summary>
    public async Task<ScoredRun?> FindScoredRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindPlanAsync(slide, run, cancellationToken) is { } plan && await FindDocumentAsync(slide, run, cancellationToken) is { } document
            ? new ScoredRun(plan, await ReadScoresAsync(slide, run, plan, cancellationToken), document.Summary.DecisionThreshold)
            : null;

    /// <summary>The scores of a batch, or null.</summary>
    public async Task<BatchScores?> FindScoresAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.BatchScores(slide, run, batch), cancellationToken) is { } bytes ? BatchScores.FromBytes(bytes) : null;

    /// <summary>Stores a batch's scores, or returns those that were there first.</summary>
    public async Task<BatchScores> StoreScoresAsync(SlideId slide, RunId run, int batch, BatchScores scores, CancellationToken cancellationToken) =>
        BatchScores.FromBytes(await StoreOnceAsync(results, BlobNames.BatchScores(slide, run, batch), scores.ToBytes(), cancellationToken));

    /// <summary>The run's document, or null.</summary>
    public async Task<RunDocument?> FindDocumentAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.Export(slide, run, Exports.RunJson), cancellationToken) is { } json ? RunDocument.FromJson(json) : null;

    /// <summary>Stores the run's document, or returns the one that was there first.</summary>
    public async Task<RunDocument> StoreDocumentAsync(SlideId slide, RunId run, RunDocument document, CancellationToken cancellationToken) =>
        RunDocument.FromJson(await StoreOnceAsync(results, BlobNames.Export(slide, run, Exports.RunJson), document.ToJson(), cancellationToken));

    /// <summary>Writes an export; its bytes follow from the stored results, so writing it twice writes the same.</summary>
    public async Task WriteExportAsync(SlideId slide, RunId run, string file, byte[] content, CancellationToken cancellationToken) =>
        await results.GetBlobClient(BlobNames.Export(slide, run, file)).UploadAsync(
            BinaryData.FromBytes(content),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = Exports.ContentTypeOf(file) } },
            cancellationToken);

    /// <summary>An export's content, or null.</summary>
    public async Task<byte[]?> FindExportAsync(SlideId slide, RunId run, string file, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.Export(slide, run, file), cancellationToken);

    /// <summary>An export's length in bytes, or null.</summary>
    public async Task<long?> FindExportLengthAsync(SlideId slide, RunId run, string file, CancellationToken cancellationToken) =>
        (await results.GetBlobClient(BlobNames.Export(slide, run, file)).FindPropertiesAsync(cancellationToken))?.ContentLength;

    /// <summary>The numbers of the batches whose packed patches are stored, by the run itself or by the one whose patches it reads.</summary>
    public async Task<HashSet<int>> PackedBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var batches = await PackedBatchesAsync(slide, run, cancellationToken);
        if (plan.PatchesRun is { } other)
        {
            batches.UnionWith(await PackedBatchesAsync(slide, RunId.Parse(other), cancellationToken));
        }

        return batches;
    }

    private async Task<HashSet<int>> PackedBatchesAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var prefix = BlobNames.RunFolder(slide, run);
        var batches = new HashSet<int>();
        await foreach (var blob in patches.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            batches.Add(int.Parse(blob.Name.AsSpan(prefix.Length), System.Globalization.CultureInfo.InvariantCulture));
        }

        return batches;
    }

    /// <summary>Stores a packed batch unless it is there.</summary>
    public async Task StorePackedAsync(SlideId slide, RunId run, int batch, ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken) =>
        await patches.GetBlobClient(BlobNames.PackedBatch(slide, run, batch)).TryCreateAsync(BinaryData.FromBytes(pixels), cancellationToken);

    /// <summary>Stores a packed batch, whether one is there or not.</summary>
    public async Task ReplacePackedAsync(SlideId slide, RunId run, int batch, ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken) =>
        await patches.GetBlobClient(BlobNames.PackedBatch(slide, run, batch)).UploadAsync(BinaryData.FromBytes(pixels), overwrite: true, cancellationToken);

    /// <summary>Reads a packed batch into <paramref name="pixels"/>.</summary>
    /// <returns>False where it is not stored (any more).</returns>
    /// <exception cref="InvalidDataException">The blob does not have as many bytes as the plan says.</exception>
    public async Task<bool> TryReadPackedAsync(SlideId slide, RunId run, TilingPlan plan, int batch, Memory<byte> pixels, CancellationToken cancellationToken) =>
        (plan.PatchesRun is { } other && await TryReadPackedAsync(slide, RunId.Parse(other), batch, pixels, cancellationToken))
        || await TryReadPackedAsync(slide, run, batch, pixels, cancellationToken);

    private async Task<bool> TryReadPackedAsync(SlideId slide, RunId run, int batch, Memory<byte> pixels, CancellationToken cancellationToken)
    {
        var blob = patches.GetBlobClient(BlobNames.PackedBatch(slide, run, batch));
        try
        {
            using var answer = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            if (answer.Details.ContentLength != pixels.Length)
            {
                throw new InvalidDataException($"Packed batch {batch} has {answer.Details.ContentLength} bytes; the plan says {pixels.Length}.");
            }

            await answer.Content.ReadExactlyAsync(pixels, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    private static async Task<byte[]> StoreOnceAsync(BlobContainerClient container, string name, byte[] content, CancellationToken cancellationToken)
    {
        var blob = container.GetBlobClient(name);
        return await blob.TryCreateAsync(BinaryData.FromBytes(content), cancellationToken)
            ? content
            : (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
    }

    private static Task<byte[]?> FindAsync(BlobContainerClient container, string name, CancellationToken cancellationToken) =>
        container.GetBlobClient(name).FindContentAsync(cancellationToken);
}
