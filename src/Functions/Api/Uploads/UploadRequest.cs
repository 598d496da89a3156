using System.Text.Json.Serialization;

namespace IdcFunctions.Functions.Api;

/// <summary>Asks for an address to upload a slide to.</summary>
/// <param name="Name">The slide's name, which becomes the blob's.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record UploadRequest([property: JsonRequired] string Name, [property: JsonRequired] long Length)
{
    /// <summary>True to replace a slide of that name; false to be told that there is one.</summary>
    public bool Replaces { get; init; }
}
