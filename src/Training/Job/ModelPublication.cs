using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Training.Job;

/// <summary>
/// A model's version in container <c>models</c>. A run reserves it before it trains, so that no two runs train for one
/// version; the manifest comes last, and a version that has one is whole and never written again.
/// </summary>
public sealed class ModelPublication(BlobContainerClient models, string name, string version, TrainingRunId run)
{
    /// <summary>Reserves the version, or finds it reserved by this run.</summary>
    /// <returns>True where this run has published it already.</returns>
    /// <exception cref="TrainingException">It is another's.</exception>
    public async Task<bool> ReserveAsync(CancellationToken cancellationToken)
    {
        var isPublished = (await Blob(BlobNames.ModelManifest).ExistsAsync(cancellationToken)).Value;
        if (!isPublished)
        {
            await Blob(BlobNames.ModelReservation).TryCreateAsync(BinaryData.FromString(run.Value), cancellationToken);
        }

        var owner = await OwnerAsync(cancellationToken);
        return owner == run.Value
            ? isPublished
            : throw new TrainingException(
                $"The model {name} {version} {(isPublished ? "exists" : $"is being made by the training run {owner}")}, "
                + "and versions are never overwritten. Ask for another modelVersion.");
    }

    /// <summary>Publishes a model's folder. What an interrupted start left there is replaced.</summary>
    public async Task PublishAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != BlobNames.ModelManifest))
        {
            await Blob(Path.GetFileName(file)).UploadAsync(file, overwrite: true, cancellationToken);
        }

        await Blob(BlobNames.ModelManifest).UploadAsync(Path.Combine(folder, BlobNames.ModelManifest), overwrite: false, cancellationToken);
    }

    /// <summary>Lets others have the version: this run makes no model of it, and nothing that it wrote there is left.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (await OwnerAsync(cancellationToken) != run.Value || await Blob(BlobNames.ModelManifest).ExistsAsync(cancellationToken))
        {
            return;
        }

        var reservation = Blob(BlobNames.ModelReservation);
        await foreach (var file in models.GetBlobsAsync(BlobTraits.None, BlobStates.None, BlobNames.ModelFile(name, version, ""), cancellationToken))
        {
            if (file.Name != reservation.Name)
            {
                await models.DeleteBlobIfExistsAsync(file.Name, cancellationToken: cancellationToken);
            }
        }

        // Last: from then on another run may write there.
        await reservation.DeleteIfExistsAsync(cancellationToken: cancellationToken);
    }

    private async Task<string?> OwnerAsync(CancellationToken cancellationToken) =>
        await Blob(BlobNames.ModelReservation).FindContentAsync(cancellationToken) is { } content ? BinaryData.FromBytes(content).ToString() : null;

    private BlobClient Blob(string file) => models.GetBlobClient(BlobNames.ModelFile(name, version, file));
}
