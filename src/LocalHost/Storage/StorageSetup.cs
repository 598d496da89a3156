using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>What the Bicep template makes in Azure: the containers, queues and tables.</summary>
public static class StorageSetup
{
    /// <summary>Makes those that are missing.</summary>
    public static async Task CreateAsync(string connection, CancellationToken cancellationToken)
    {
        var blobs = new BlobServiceClient(connection);
        foreach (var name in Containers.All)
        {
            await blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }

        var queues = new QueueServiceClient(connection);
        foreach (var name in Queues.All)
        {
            await queues.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }

        var tables = new TableServiceClient(connection);
        foreach (var name in Tables.All)
        {
            await tables.CreateTableIfNotExistsAsync(name, cancellationToken);
        }
    }
}
