using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace IdcFunctions.Storage;

/// <summary>
/// Clients of the storage account behind the connection <c>Slides</c>: a connection string with its key on one machine, or
/// <c>Slides__blobServiceUri</c>, <c>Slides__queueServiceUri</c> and <c>Slides__tableServiceUri</c> with the app's
/// identity (<c>Slides__clientId</c> for a user-assigned one) in Azure. <c>Slides__mostRetries</c> and
/// <c>Slides__requestTimeout</c> say how patient a call is.
/// </summary>
public sealed class StorageClients
{
    /// <summary>What a token for table storage is for, in every cloud that has one name for it.</summary>
    private const string TokenScope = "https://storage.azure.com/.default";

    private StorageClients(
        BlobServiceClient blobs,
        QueueServiceClient queues,
        QueueServiceClient queuesAsSent,
        TableServiceClient tables,
        HttpPipeline tablePipeline)
    {
        Blobs = blobs;
        Queues = queues;
        QueuesAsSent = queuesAsSent;
        Tables = tables;
        TablePipeline = tablePipeline;
    }

    /// <summary>Blobs.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>Queues. Our messages are Base64, so that the host merges none of their properties into Metadata.</summary>
    public QueueServiceClient Queues { get; }

    /// <summary>
    /// Queues whose messages are taken as they were sent: one that is no Base64 is received, where <see cref="Queues"/>
    /// throws at each receipt.
    /// </summary>
    public QueueServiceClient QueuesAsSent { get; }

    /// <summary>Tables.</summary>
    public TableServiceClient Tables { get; }

    /// <summary>
    /// Sends requests to the table service as <see cref="Tables"/> does, signed and retried: for those that its client
    /// makes too costly.
    /// </summary>
    public HttpPipeline TablePipeline { get; }

    /// <summary>Makes the clients.</summary>
    /// <param name="setting">Gives a setting by its key, e.g. <c>Slides:blobServiceUri</c>; null where it is not set.</param>
    /// <exception cref="InvalidOperationException">The connection is not configured.</exception>
    public static StorageClients Create(Func<string, string?> setting)
    {
        var blobOptions = WithRetries(new BlobClientOptions(), setting);
        var queueOptions = WithRetries(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }, setting);
        var asSentOptions = WithRetries(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, setting);
        var tableOptions = WithRetries(new TableClientOptions(), setting);
        if (setting("Slides") is { Length: > 0 } connection)
        {
            var tables = new TableServiceClient(connection, tableOptions);
            return new StorageClients(
                new BlobServiceClient(connection, blobOptions),
                new QueueServiceClient(connection, queueOptions),
                new QueueServiceClient(connection, asSentOptions),
                tables,
                HttpPipelineBuilder.Build(tableOptions, SharedKeyLite.Of(connection, tables.AccountName)));
        }

        var credential = IdentityOf(setting);
        return new StorageClients(
            new BlobServiceClient(Endpoint(setting, "blobServiceUri"), credential, blobOptions),
            new QueueServiceClient(Endpoint(setting, "queueServiceUri"), credential, queueOptions),
            new QueueServiceClient(Endpoint(setting, "queueServiceUri"), credential, asSentOptions),
            new TableServiceClient(Endpoint(setting, "tableServiceUri"), credential, tableOptions),
            HttpPipelineBuilder.Build(tableOptions, new BearerTokenAuthenticationPolicy(credential, TokenScope)));
    }

    /// <summary>The identity that this program works as in Azure.</summary>
    public static TokenCredential IdentityOf(Func<string, string?> setting) => new ManagedIdentityCredential(
        setting("Slides:clientId") is { Length: > 0 } clientId
            ? ManagedIdentityId.FromUserAssignedClientId(clientId)
            : ManagedIdentityId.SystemAssigned);

    /// <summary>Transient errors are retried inside a call for about four minutes; only what persists is told to the sweep.</summary>
    private static TOptions WithRetries<TOptions>(TOptions options, Func<string, string?> setting)
        where TOptions : ClientOptions
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = TimeSpan.FromSeconds(0.4);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(60);
        options.Retry.MaxRetries = Read(setting, "mostRetries", 10);
        options.Retry.NetworkTimeout = Read(setting, "requestTimeout", options.Retry.NetworkTimeout);
        return options;
    }

    private static TValue Read<TValue>(Func<string, string?> setting, string key, TValue otherwise)
        where TValue : IParsable<TValue> =>
        setting($"Slides:{key}") is not { Length: > 0 } text ? otherwise
        : TValue.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
        : throw new InvalidOperationException($"Slides__{key} is '{text}'; it must be like {otherwise}.");

    private static Uri Endpoint(Func<string, string?> setting, string key) =>
        Uri.TryCreate(setting($"Slides:{key}"), UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException($"Neither the connection string 'Slides' nor 'Slides__{key}' is set: this program has no storage.");
}
