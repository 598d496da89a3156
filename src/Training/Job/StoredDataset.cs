using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Job;

/// <summary>
/// A data set in container <c>datasets</c>: the patches and zips below its name, together. It is packed once, and the pack
/// kept beside it.
/// </summary>
/// <param name="container">Container <c>datasets</c>.</param>
/// <param name="name">The data set's name.</param>
/// <param name="work">Folder for it on this machine.</param>
/// <param name="time">The clock.</param>
public sealed class StoredDataset(BlobContainerClient container, string name, string work, TimeProvider time)
{
    private const int DownloadsAtOnce = 16;

    /// <summary>Fetches the pack, or makes it.</summary>
    /// <returns>The pack's file.</returns>
    /// <exception cref="DatasetException">There is no such data set, or it can't be trained on.</exception>
    public async Task<string> FetchAsync(TextWriter log, CancellationToken cancellationToken)
    {
        var files = await ListAsync(cancellationToken);
        var fingerprint = DatasetIntake.FingerprintOf(files.Select(file => (file.Name, file.Properties.ContentLength, file.Properties.ETag?.ToString())));
        var packs = Path.Combine(work, "packs");
        var pack = Path.Combine(packs, fingerprint + PatchIntake.PackSuffix);
        if (File.Exists(pack))
        {
            return pack;
        }

        // A pack is up to two gigabytes, and each change of a data set makes another: the machine keeps the last one only.
        foreach (var other in Directory.CreateDirectory(packs).EnumerateFiles())
        {
            other.Delete();
        }

        var stored = container.GetBlobClient(BlobNames.DatasetPack(name, fingerprint));
        if (await stored.ExistsAsync(cancellationToken))
        {
            await log.WriteLineAsync($"data set {name}: fetching its pack");
            var unfinished = $"{pack}.{Environment.ProcessId}";
            await stored.DownloadToAsync(unfinished, cancellationToken);
            File.Move(unfinished, pack, overwrite: true);
            return pack;
        }

        await log.WriteLineAsync($"data set {name}: taking in {files.Count} files");
        var folder = Path.Combine(work, "datasets", name);
        if (Directory.Exists(folder))
        {
            // A start that was killed left it; what was taken out of the data set since must not be packed.
            Directory.Delete(folder, recursive: true);
        }

        try
        {
            await DownloadAsync(files, folder, cancellationToken);
            await Task.Run(() => new PatchIntake(packs).Make(folder, pack, cancellationToken), cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await KeepAsync(pack, stored, fingerprint, cancellationToken);
        return pack;
    }

    private async Task<List<BlobItem>> ListAsync(CancellationToken cancellationToken)
    {
        var files = new List<BlobItem>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, BlobNames.DatasetFolder(name), cancellationToken))
        {
            files.Add(blob);
        }

        return files.Count > 0
            ? files
            : throw new DatasetException(
                $"There is no data set '{name}': container {container.Name} holds nothing below {BlobNames.DatasetFolder(name)}. "
                + "Upload patches or a zip there.");
    }

    private async Task DownloadAsync(List<BlobItem> files, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = DownloadsAtOnce, CancellationToken = cancellationToken }, async (file, token) =>
        {
            var path = Path.GetFullPath(Path.Combine(root, file.Name[BlobNames.DatasetFolder(name).Length..]));
            if (!path.StartsWith(root, StringComparison.Ordinal))
            {
                throw new DatasetException($"The blob '{file.Name}' would lie outside its data set. Delete or rename it.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await container.GetBlobClient(file.Name).DownloadToAsync(path, new BlobDownloadToOptions { Conditions = new BlobRequestConditions { IfMatch = file.Properties.ETag } }, token);
        });
    }

    /// <summary>The pack first, then the report that names it; packs of what the data set was before go.</summary>
    private async Task KeepAsync(string pack, BlobClient stored, string fingerprint, CancellationToken cancellationToken)
    {
        await stored.UploadAsync(pack, overwrite: true, cancellationToken);
        using var opened = PatchPack.Open(pack);
        var intake = new DatasetIntake(fingerprint, time.GetUtcNow(), opened.Report);
        await container.GetBlobClient(BlobNames.DatasetIntake(name)).UploadAsync(BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(intake, TrainingJson.Options)), overwrite: true, cancellationToken);
        await foreach (var other in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, BlobNames.DatasetPacks(name), cancellationToken))
        {
            if (other.Name != stored.Name)
            {
                await container.DeleteBlobIfExistsAsync(other.Name, cancellationToken: cancellationToken);
            }
        }
    }
}
