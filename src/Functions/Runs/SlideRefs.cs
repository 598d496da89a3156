using System.Security.Cryptography;
using System.Text;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>
/// What logs say instead of a slide's name, which may identify a patient: the first 12 hex digits of an HMAC-SHA-256 of
/// the name's id under a key that is made once and kept in container <c>keys</c>.
/// </summary>
public sealed class SlideRefs(StorageClients storage)
{
    private const int KeyBytes = 32;
    private byte[]? key;

    /// <summary>Reads the key, or makes it; called once at start.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var blob = storage.Blobs.GetBlobContainerClient(Containers.Keys).GetBlobClient("slide-ref");
        await blob.TryCreateAsync(BinaryData.FromBytes(RandomNumberGenerator.GetBytes(KeyBytes)), cancellationToken);
        key = (await blob.DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
    }

    /// <summary>The reference of a slide.</summary>
    public string Of(SlideId slide)
    {
        var secret = key ?? throw new InvalidOperationException("The key is not loaded.");
        return Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(slide.Value)))[..12];
    }
}
