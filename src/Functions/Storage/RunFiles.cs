using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// A run's blobs. Plan, mask, scores and <c>run.json</c> are written once: the first writer wins, whoever loses gets the
/// winner's content, so that two processes on one run can't mix results. Packed batches are replaced until there is a plan,
/// and after it where they are torn.
/// </summary>
public sealed class RunFiles(StorageClients storage)
{
    private const int BlobsAtOnce = 8;

    private readonly BlobContainerClient results = storage.Blobs.GetBlobContainerClient(Containers.Results);
    private readonly BlobContainerClient patches = storage.Blobs.GetBlobContainerClient(Containers.Patches);

    /// <summary>The stored plan, or null.</summary>
    public async Task<TilingPlan?> FindPlanAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.Plan(slide, run), cancellationToken) is { } json
            ? Read(BlobNames.Plan(slide, run), json, static json => TilingPlan.FromJson(json))
            : null;

    /// <summary>Stores the plan, or returns the one that was there first.</summary>
    public async Task<TilingPlan> StorePlanAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var name = BlobNames.Plan(slide, run);
        var stored = await StoreOnceAsync(results, name, plan.ToJson(), cancellationToken);
        return Read(name, stored, static json => TilingPlan.FromJson(json));
    }

    /// <summary>Stores the tissue mask unless it is there.</summary>
    /// <returns>SHA-256 of the one that is stored, in lower-case hex: an attempt before this one may have been another version's.</returns>
    public async Task<string> StoreMaskAsync(SlideId slide, RunId run, byte[] png, CancellationToken cancellationToken)
    {
        var stored = await StoreOnceAsync(results, BlobNames.Export(slide, run, Exports.MaskPng), png, cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(stored));
    }

    /// <summary>Copies the tissue mask of a run to another one of the same content.</summary>
    public async Task CopyMaskAsync(SlideId slide, RunId from, RunId to, CancellationToken cancellationToken)
    {
        if (await FindExportAsync(slide, from, Exports.MaskPng, cancellationToken) is { } png)
        {
            await StoreMaskAsync(slide, to, png, cancellationToken);
        }
    }

    /// <summary>All scores of a run, in grid order; null where some are not stored, or damaged.</summary>
    /// <exception cref="InvalidDataException">A newer program has stored them.</exception>
    public async Task<IReadOnlyList<PatchScore>?> FindScoresAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var batches = await FindBatchesAsync(slide, run, plan, cancellationToken);
        return batches.Contains(null) ? null : [.. batches.SelectMany(batch => batch!.Scores)];
    }

    /// <summary>The batches of a run that are all finished, in order.</summary>
    /// <exception cref="InvalidDataException">A batch's scores are gone.</exception>
    public async Task<IReadOnlyList<BatchScores>> ReadBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken) =>
        [.. (await FindBatchesAsync(slide, run, plan, cancellationToken)).Select((scores, batch) => scores
            ?? throw new InvalidDataException(
                $"{WithoutSlide(BlobNames.BatchScores(slide, run, batch))}: "
                + "the batch is finished, but its scores are gone or damaged: rescore the slide"))];

    /// <summary>The batches of a run, in order; null for each whose scores are not stored, or damaged.</summary>
    public async Task<IReadOnlyList<BatchScores?>> FindBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var batches = new BatchScores?[plan.Batches];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = BlobsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, plan.Batches, limits, async (batch, token) => batches[batch] = await FindScoresAsync(slide, run, batch, token));
        return batches;
    }

    /// <summary>A complete run's plan and scores; null where they are no longer stored, or not all of them.</summary>
    public async Task<ScoredRun?> FindScoredRunAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        if (await FindPlanAsync(slide, run, cancellationToken) is not { } plan
            || await FindDocumentAsync(slide, run, cancellationToken) is not { } document)
        {
            return null;
        }

        return await FindScoresAsync(slide, run, plan, cancellationToken) is { } scores
            ? new ScoredRun(plan, scores, document.Summary.DecisionThreshold)
            : null;
    }

    /// <summary>The scores of a batch; null where they are not stored, or damaged.</summary>
    /// <exception cref="InvalidDataException">A newer program has stored them.</exception>
    public async Task<BatchScores?> FindScoresAsync(SlideId slide, RunId run, int batch, CancellationToken cancellationToken)
    {
        var name = BlobNames.BatchScores(slide, run, batch);
        return await FindAsync(results, name, cancellationToken) is { } bytes ? Read(name, bytes, static bytes => BatchScores.TryRead(bytes)) : null;
    }

    /// <summary>Stores a batch's scores, or returns those that were there first; damaged ones are replaced.</summary>
    /// <exception cref="InvalidDataException">A newer program has stored other ones.</exception>
    public async Task<BatchScores> StoreScoresAsync(SlideId slide, RunId run, int batch, BatchScores scores, CancellationToken cancellationToken)
    {
        var name = BlobNames.BatchScores(slide, run, batch);
        var blob = results.GetBlobClient(name);
        var content = BinaryData.FromBytes(scores.ToBytes());
        while (!await blob.TryCreateAsync(content, cancellationToken))
        {
            var first = (await blob.DownloadContentAsync(cancellationToken)).Value;
            if (Read(name, first.Content.ToArray(), static bytes => BatchScores.TryRead(bytes)) is { } winner)
            {
                return winner;
            }

            if (await blob.TryReplaceAsync(content, first.Details.ETag, cancellationToken))
            {
                break;
            }
        }

        return scores;
    }

    /// <summary>The run's document, or null.</summary>
    /// <exception cref="InvalidDataException">It can't be read.</exception>
    public async Task<RunDocument?> FindDocumentAsync(SlideId slide, RunId run, CancellationToken cancellationToken) =>
        await FindAsync(results, BlobNames.Export(slide, run, Exports.RunJson), cancellationToken) is { } json
            ? Read(BlobNames.Export(slide, run, Exports.RunJson), json, static json => RunDocument.FromJson(json))
            : null;

    /// <summary>Stores the run's document, or returns the one that was there first.</summary>
    public async Task<RunDocument> StoreDocumentAsync(
        SlideId slide, RunId run, RunDocument document, CancellationToken cancellationToken)
    {
        var name = BlobNames.Export(slide, run, Exports.RunJson);
        var stored = await StoreOnceAsync(results, name, document.ToJson(), cancellationToken);
        return Read(name, stored, static json => RunDocument.FromJson(json));
    }

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

    /// <summary>The numbers of the batches whose packed patches are stored whole, by the run itself or by the one whose patches it reads.</summary>
    public async Task<HashSet<int>> PackedBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var batches = await OwnPackedBatchesAsync(slide, run, plan, cancellationToken);
        if (plan.PatchesRun is { } other)
        {
            batches.UnionWith(await OwnPackedBatchesAsync(slide, RunId.Parse(other), plan, cancellationToken));
        }

        return batches;
    }

    /// <summary>The numbers of the batches whose packed patches a run has stored itself, each of as many bytes as the plan says.</summary>
    public async Task<HashSet<int>> OwnPackedBatchesAsync(SlideId slide, RunId run, TilingPlan plan, CancellationToken cancellationToken)
    {
        var prefix = BlobNames.RunFolder(slide, run);
        var batches = new HashSet<int>();
        await foreach (var blob in patches.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            var batch = int.Parse(blob.Name.AsSpan(prefix.Length), System.Globalization.CultureInfo.InvariantCulture);
            if (batch < plan.Batches && blob.Properties.ContentLength == plan.BatchCells(batch).Length * plan.PatchBytes)
            {
                batches.Add(batch);
            }
        }

        return batches;
    }

    /// <summary>Stores a packed batch, whether one is there or not.</summary>
    public async Task ReplacePackedAsync(SlideId slide, RunId run, int batch, ReadOnlyMemory<byte> pixels, CancellationToken cancellationToken) =>
        await patches
            .GetBlobClient(BlobNames.PackedBatch(slide, run, batch))
            .UploadAsync(BinaryData.FromBytes(pixels), overwrite: true, cancellationToken);

    /// <summary>Reads a packed batch into <paramref name="pixels"/>.</summary>
    /// <returns>False where it is not stored (any more), or has not as many bytes as the plan says.</returns>
    public async Task<bool> TryReadPackedAsync(
        SlideId slide, RunId run, TilingPlan plan, int batch, Memory<byte> pixels, CancellationToken cancellationToken) =>
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
                return false;
            }

            await answer.Content.ReadExactlyAsync(pixels, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Reads what is stored; what can't be read is named, without the slide, so that it may stand in a log.</summary>
    private static T Read<T>(string name, byte[] content, Func<byte[], T> read)
    {
        try
        {
            return read(content);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            var reason = exception is JsonException ? "it is damaged: rescore the slide" : exception.Message;
            throw new InvalidDataException($"{WithoutSlide(name)}: {reason}", exception);
        }
    }

    private static string WithoutSlide(string name) => name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];

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
