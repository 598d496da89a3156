using System.IO.Compression;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Models;

/// <summary>A model to take away: all files of its version, and a short program that scores patches with nothing but ONNX Runtime.</summary>
public sealed class ModelBundle(StorageClients storage)
{
    private const string ScoringProgram = "score.py";

    private readonly BlobContainerClient container = storage.Blobs.GetBlobContainerClient(Containers.Models);

    /// <summary>The zip; null where storage holds no such version.</summary>
    public async Task<byte[]?> ZipAsync(string name, string version, CancellationToken cancellationToken)
    {
        var folder = BlobNames.ModelFile(name, version, "");
        var files = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, folder, cancellationToken))
        {
            files.Add(blob.Name[folder.Length..]);
        }

        if (!files.Contains(BlobNames.ModelManifest))
        {
            return null;
        }

        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files.Where(file => file != BlobNames.ModelReservation))
            {
                await using var entry = await zip.CreateEntry($"{name}-{version}/{file}", CompressionLevel.Fastest).OpenAsync(cancellationToken);
                await container.GetBlobClient(folder + file).DownloadToAsync(entry, cancellationToken);
            }

            if (!files.Contains(ScoringProgram))
            {
                await using var entry = await zip.CreateEntry($"{name}-{version}/{ScoringProgram}").OpenAsync(cancellationToken);
                await using var program = typeof(ModelBundle).Assembly.GetManifestResourceStream(ScoringProgram)!;
                await program.CopyToAsync(entry, cancellationToken);
            }
        }

        return content.ToArray();
    }
}
