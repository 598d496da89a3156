namespace IdcFunctions.Functions.Api;

/// <summary>Where to upload a slide: Put Block for each part, then Put Block List (Azure's Blob REST API), both at this address.</summary>
/// <param name="SlideId">The slide's id.</param>
/// <param name="Address">The blob's address with a signature that lets its holder write this blob and nothing else, nor read it.</param>
/// <param name="Expires">When the signature ends; ask again then and go on: blocks that were uploaded stay for a week.</param>
/// <param name="BlockBytes">How long each block but the last is to be.</param>
public sealed record UploadAnswer(string SlideId, Uri Address, DateTimeOffset Expires, int BlockBytes);
