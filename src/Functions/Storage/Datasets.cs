using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Functions.Api.Training;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Storage;

/// <summary>Data sets in storage: the patches and zips below a name.</summary>
public sealed class Datasets(StorageClients storage)
{
    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Datasets);

    /// <summary>All names, with the last intake of each.</summary>
    public async Task<List<DatasetEntry>> ListAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var item in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellationToken))
        {
            if (item.IsPrefix && StoredName.IsValid(item.Prefix.TrimEnd('/')))
            {
                names.Add(item.Prefix.TrimEnd('/'));
            }
        }

        return [.. await Task.WhenAll(names.Select(async name => await FindIntakeAsync(name, cancellationToken) is { } intake
            ? new DatasetEntry(name, intake.TakenAt, intake.Report.Cases, intake.Report.Patches, intake.Report.IdcPatches)
            : new DatasetEntry(name, null, null, null, null)))];
    }

    /// <summary>A data set; null where nothing lies below its name.</summary>
    public async Task<DatasetAnswer?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var files = new List<BlobItem>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, BlobNames.DatasetFolder(name), cancellationToken))
        {
            files.Add(blob);
        }

        if (files.Count == 0)
        {
            return null;
        }

        // Of the very files: one that was taken away since leaves no time behind.
        var fingerprint = DatasetIntake.FingerprintOf(files.Select(file =>
            (file.Name, file.Properties.ContentLength, file.Properties.ETag?.ToString())));
        var intake = await FindIntakeAsync(name, cancellationToken);
        return new DatasetAnswer(
            name,
            files.Count,
            files.Sum(file => file.Properties.ContentLength ?? 0),
            files.Max(file => file.Properties.LastModified) ?? DateTimeOffset.MinValue,
            intake?.Fingerprint == fingerprint,
            intake?.TakenAt,
            intake?.Report);
    }

    /// <summary>True where something lies below the name.</summary>
    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, BlobNames.DatasetFolder(name), cancellationToken))
        {
            return blob is not null;
        }

        return false;
    }

    /// <summary>True where a data set has a file of a name.</summary>
    public async Task<bool> HoldsAsync(string name, string file, CancellationToken cancellationToken) =>
        (await container.GetBlobClient(BlobNames.DatasetFolder(name) + file).ExistsAsync(cancellationToken)).Value;

    /// <summary>Puts a file into a data set, in place of one of its name.</summary>
    public Task PutAsync(string name, string file, byte[] content, CancellationToken cancellationToken) =>
        container.GetBlobClient(BlobNames.DatasetFolder(name) + file).UploadAsync(BinaryData.FromBytes(content), overwrite: true, cancellationToken);

    private Task<DatasetIntake?> FindIntakeAsync(string name, CancellationToken cancellationToken) =>
        container.GetBlobClient(BlobNames.DatasetIntake(name)).FindJsonAsync<DatasetIntake>(TrainingJson.Options, cancellationToken);
}
