using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Tests.Storage;

/// <summary>The container and the queue have fixed names: these tests run one after another, on an Azurite of their own.</summary>
public sealed class UploadWatcherTests : IAsyncLifetime
{
    private const string Name = "case 7/é & %2F+.svs";

    private readonly AzuriteFixture azurite = new();
    private readonly HostLog log = new(new StringWriter(), TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BlobClient Blob => new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Containers.Slides).GetBlobClient(Name);

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => azurite.InitializeAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await azurite.DisposeAsync();
        log.Dispose();
    }

    [Fact]
    // Event Grid writes ETags without their quotes.
    public async Task What_is_there_at_start_what_changes_and_what_goes_is_told_once()
    {
        var first = (await Blob.UploadAsync(BinaryData.FromString("one"), cancellationToken: Cancellation)).Value.ETag.ToString().Trim('"');
        var watcher = new UploadWatcher(azurite.ConnectionString, TimeProvider.System, log);

        Assert.Equal([("Microsoft.Storage.BlobCreated", first)], await LookAsync(watcher));
        Assert.Empty(await LookAsync(watcher));

        var second = (await Blob.UploadAsync(BinaryData.FromString("longer"), overwrite: true, Cancellation)).Value.ETag.ToString().Trim('"');
        Assert.Equal([("Microsoft.Storage.BlobCreated", second)], await LookAsync(watcher));
        Assert.Empty(await LookAsync(watcher));

        await Blob.DeleteAsync(cancellationToken: Cancellation);
        Assert.Equal([("Microsoft.Storage.BlobDeleted", second)], await LookAsync(watcher));
        Assert.Empty(await LookAsync(watcher));

        var third = (await Blob.UploadAsync(BinaryData.FromString("one"), cancellationToken: Cancellation)).Value.ETag.ToString().Trim('"');
        Assert.Equal([("Microsoft.Storage.BlobCreated", third)], await LookAsync(watcher));
    }

    [Fact]
    public async Task An_event_names_the_blob_as_event_grid_does()
    {
        await Blob.UploadAsync(BinaryData.FromString("12345"), cancellationToken: Cancellation);
        await new UploadWatcher(azurite.ConnectionString, TimeProvider.System, log).LookAsync(Cancellation);

        var message = (await Queue().ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
        using var sent = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(message.MessageText)));
        Assert.Equal($"/blobServices/default/containers/slides/blobs/{Name}", sent.RootElement.GetProperty("subject").GetString());
        Assert.Equal(5, sent.RootElement.GetProperty("data").GetProperty("contentLength").GetInt64());
        Assert.Equal(Blob.Uri.ToString(), sent.RootElement.GetProperty("data").GetProperty("url").GetString());
    }

    [Fact]
    public async Task Watching_goes_on_when_the_container_was_not_there()
    {
        var container = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Containers.Slides);
        await container.DeleteAsync(cancellationToken: Cancellation);
        using var stopping = new CancellationTokenSource();
        using var lines = new StringWriter();
        using var failures = new HostLog(TextWriter.Synchronized(lines), TimeProvider.System);
        var watching = new UploadWatcher(azurite.ConnectionString, TimeProvider.System, failures).RunAsync(stopping.Token);
        await Eventually.HoldsAsync("the failure is logged", () => lines.GetStringBuilder().Length > 0);
        await container.CreateAsync(cancellationToken: Cancellation);
        await Blob.UploadAsync(BinaryData.FromString("one"), cancellationToken: Cancellation);

        await Eventually.HoldsAsync("an event", async () => (await Queue().PeekMessagesAsync(32, Cancellation)).Value.Length > 0);
        await stopping.CancelAsync();
        await watching;
        Assert.Contains("Container slides can't be watched", lines.ToString(), StringComparison.Ordinal);
    }

    private QueueClient Queue() => new(azurite.ConnectionString, Queues.SlideUploads);

    private async Task<IEnumerable<(string? Type, string? Etag)>> LookAsync(UploadWatcher watcher)
    {
        await watcher.LookAsync(Cancellation);
        var events = new List<(string?, string?)>();
        foreach (var message in (await Queue().ReceiveMessagesAsync(32, cancellationToken: Cancellation)).Value)
        {
            using var sent = JsonDocument.Parse(Convert.FromBase64String(message.MessageText));
            events.Add((sent.RootElement.GetProperty("eventType").GetString(), sent.RootElement.GetProperty("data").GetProperty("eTag").GetString()));
            await Queue().DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
        }

        return events;
    }
}
