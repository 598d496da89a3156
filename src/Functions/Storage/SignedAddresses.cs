using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// Signs addresses at which a client writes a slide or a data set, or reads an export in storage itself, so that the bytes never pass
/// through this program. The one seam between one machine and Azure: the emulator signs with its account's key, Azure
/// with a key of the app's identity.
/// </summary>
public sealed class SignedAddresses(StorageClients storage, TimeProvider time)
{
    /// <summary>How long a slide can be written: an upload that takes longer asks for another address.</summary>
    private static readonly TimeSpan UploadValidity = TimeSpan.FromHours(1);

    /// <summary>How long an export can be read: the client follows the redirect at once.</summary>
    private static readonly TimeSpan ExportValidity = TimeSpan.FromMinutes(5);

    /// <summary>The signer's and the storage's clocks may differ by this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    private readonly BlobContainerClient slides = storage.Blobs.GetBlobContainerClient(Containers.Slides);
    private readonly BlobContainerClient datasets = storage.Blobs.GetBlobContainerClient(Containers.Datasets);
    private readonly BlobContainerClient results = storage.Blobs.GetBlobContainerClient(Containers.Results);

    /// <summary>Where the addresses lead: the page may connect there.</summary>
    public Uri Origin => new(storage.Blobs.Uri.GetLeftPart(UriPartial.Authority));

    /// <summary>An address at which one slide can be created and written, and not read.</summary>
    public Task<(Uri Address, DateTimeOffset Expires)> SignUploadAsync(string name, CancellationToken cancellationToken) =>
        SignAsync(slides.GetBlobClient(name), BlobSasPermissions.Create | BlobSasPermissions.Write, UploadValidity, null, cancellationToken);

    /// <summary>An address at which one file of a data set can be created and written, and not read.</summary>
    public Task<(Uri Address, DateTimeOffset Expires)> SignDatasetAsync(string dataset, string file, CancellationToken cancellationToken) =>
        SignAsync(
            datasets.GetBlobClient(BlobNames.DatasetFolder(dataset) + file),
            BlobSasPermissions.Create | BlobSasPermissions.Write,
            UploadValidity,
            null,
            cancellationToken);

    /// <summary>An address at which one export can be read, and nothing else.</summary>
    public async Task<Uri> SignExportAsync(SlideId slide, RunId run, string file, CancellationToken cancellationToken)
    {
        var blob = results.GetBlobClient(BlobNames.Export(slide, run, file));
        var disposition = $"attachment; filename=\"{file}\"";
        return (await SignAsync(blob, BlobSasPermissions.Read, ExportValidity, disposition, cancellationToken)).Address;
    }

    private async Task<(Uri Address, DateTimeOffset Expires)> SignAsync(
        BlobClient blob, BlobSasPermissions permissions, TimeSpan validity, string? disposition, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var signature = new BlobSasBuilder(permissions, now + validity)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            Resource = "b",
            StartsOn = now - ClockSkew,
            ContentDisposition = disposition,
        };
        if (blob.CanGenerateSasUri)
        {
            return (blob.GenerateSasUri(signature), signature.ExpiresOn);
        }

        UserDelegationKey key = await storage.Blobs.GetUserDelegationKeyAsync(signature.StartsOn, signature.ExpiresOn, cancellationToken);
        var address = new BlobUriBuilder(blob.Uri) { Sas = signature.ToSasQueryParameters(key, storage.Blobs.AccountName) };
        return (address.ToUri(), signature.ExpiresOn);
    }
}
