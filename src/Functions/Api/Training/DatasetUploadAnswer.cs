namespace IdcFunctions.Functions.Api.Training;

/// <summary>Where to upload a zip: Put Block for each part, then Put Block List (Azure's Blob REST API), both at this address.</summary>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Address">The blob's address with a signature that lets its holder write this blob and nothing else, nor read it.</param>
/// <param name="Expires">When the signature ends; ask again then and go on.</param>
/// <param name="BlockBytes">How long each block but the last is to be.</param>
public sealed record DatasetUploadAnswer(string Dataset, Uri Address, DateTimeOffset Expires, int BlockBytes);
