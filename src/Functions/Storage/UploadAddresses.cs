using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// Signs addresses to upload slides to, so that their bytes never pass through this program. The one seam between one
/// machine and Azure: the emulator signs with its account's key, Azure with a key of the app's identity.
/// </summary>
public sealed class UploadAddresses(StorageClients storage, TimeProvider time)
{
    /// <summary>How long an address can be used: an upload that takes longer asks for another one.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    /// <summary>The signer's and the storage's clocks may differ by this.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly BlobContainerClient slides = storage.Blobs.GetBlobContainerClient(Containers.Slides);

    /// <summary>Where uploads go: the page may connect there.</summary>
    public Uri Origin => new(storage.Blobs.Uri.GetLeftPart(UriPartial.Authority));

    /// <summary>An address at which one blob can be created and written, and not read.</summary>
    public async Task<(Uri Address, DateTimeOffset Expires)> SignAsync(string name, CancellationToken cancellationToken)
    {
        var blob = slides.GetBlobClient(name);
        var now = time.GetUtcNow();
        var signature = new BlobSasBuilder(BlobSasPermissions.Create | BlobSasPermissions.Write, now + Validity)
        {
            BlobContainerName = slides.Name,
            BlobName = name,
            Resource = "b",
            StartsOn = now - ClockSkew,
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
