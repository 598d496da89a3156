using System.Text.Json.Serialization;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>Asks for an address to upload a zip of labelled patches to.</summary>
/// <param name="Name">The data set's name; one that exists gets the file in addition.</param>
/// <param name="File">The zip's name.</param>
/// <param name="Length">Its length in bytes.</param>
public sealed record DatasetUploadRequest(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string File,
    [property: JsonRequired] long Length)
{
    /// <summary>True to replace a file of that name in the data set; false to be told that there is one.</summary>
    public bool Replaces { get; init; }
}
