using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>A container that is empty but for what the test says: each upload does what the test says first.</summary>
internal sealed class ScriptedContainer : BlobContainerClient
{
    /// <summary>What the upload of this number, from 1, does first.</summary>
    public Func<int, Task> OnUpload { get; init; } = _ => Task.CompletedTask;

    /// <summary>A blob that has come about.</summary>
    public string? Existing { get; set; }

    /// <summary>What was uploaded, in this order.</summary>
    public ConcurrentQueue<string> Uploaded { get; } = [];

    private int Uploads { get; set; }

    public override BlobClient GetBlobClient(string blobName) => new ScriptedBlob(this, blobName);

    private sealed class ScriptedBlob(ScriptedContainer container, string name) : BlobClient
    {
        public override Task<Response<bool>> ExistsAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult(Response.FromValue(name == container.Existing, null!));

        public override async Task<Response<BlobContentInfo>> UploadAsync(Stream content, bool overwrite, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await container.OnUpload(++container.Uploads);
            container.Uploaded.Enqueue(name);
            return null!;
        }
    }
}
