using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
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

    /// <summary>Lets pages of these origins upload slides. Azurite without a folder forgets it when it ends, so it is said at each start.</summary>
    public static async Task AllowUploadsFromAsync(string connection, IEnumerable<Uri> origins, CancellationToken cancellationToken)
    {
        var blobs = new BlobServiceClient(connection);

        // Read, changed and written back: Azurite refuses properties made anew.
        BlobServiceProperties properties = await blobs.GetPropertiesAsync(cancellationToken);
        properties.Cors.Clear();
        properties.Cors.Add(new BlobCorsRule
        {
            AllowedOrigins = string.Join(',', origins.Select(origin => origin.GetLeftPart(UriPartial.Authority))),
            AllowedMethods = "PUT",
            AllowedHeaders = "content-type,x-ms-*",
            ExposedHeaders = "x-ms-error-code",
            MaxAgeInSeconds = 3600,
        });
        await blobs.SetPropertiesAsync(properties, cancellationToken);
    }
}
