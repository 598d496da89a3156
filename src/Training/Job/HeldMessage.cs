using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace IdcFunctions.Training.Job;

/// <summary>The one message that a start of the job works on: hidden from others, and hidden anew for as long as it is held.</summary>
public sealed class HeldMessage : IAsyncDisposable
{
    private readonly QueueClient queue;
    private readonly QueueMessage message;
    private readonly TimeSpan visibility;
    private readonly TextWriter log;
    private readonly Repetition renewing;
    private string receipt;

    private HeldMessage(QueueClient queue, QueueMessage message, TimeSpan visibility, TimeProvider time, TextWriter log)
    {
        this.queue = queue;
        this.message = message;
        this.visibility = visibility;
        this.log = log;
        receipt = message.PopReceipt;
        renewing = new Repetition(visibility / 3, visibility / 3, RenewAsync, GoesOnAfterAsync, time);
    }

    /// <summary>What it says.</summary>
    public BinaryData Body => message.Body;

    /// <summary>Takes a message; null where none waits.</summary>
    public static async Task<HeldMessage?> ReceiveAsync(QueueClient queue, TimeSpan visibility, TimeProvider time, TextWriter log, CancellationToken cancellationToken) =>
        (await queue.ReceiveMessageAsync(visibility, cancellationToken)).Value is { } message ? new HeldMessage(queue, message, visibility, time, log) : null;

    /// <summary>Deletes it: it has been handled.</summary>
    public Task DeleteAsync() => EndAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None));

    /// <summary>Lets it come again after a while.</summary>
    public Task ReleaseAsync(TimeSpan delay) => EndAsync(() => queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, delay, CancellationToken.None));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => renewing.DisposeAsync();

    private async Task RenewAsync(CancellationToken cancellationToken) =>
        receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, visibility, cancellationToken)).Value.PopReceipt;

    private async Task EndAsync(Func<Task> end)
    {
        await renewing.EndAsync();
        try
        {
            await end();
        }
#pragma warning disable CA1031 // The message comes again by itself, and finds the run where it stands.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await TellAsync("could not be given back", exception);
        }
    }

    /// <summary>A message that was received by another in between is the other's; it finds the run locked or final, so nothing is lost.</summary>
    private async Task<bool> GoesOnAfterAsync(Exception exception)
    {
        var isAnothers = exception is RequestFailedException { Status: 400 or 404 };
        await TellAsync(isAnothers ? "is no longer held" : "could not be hidden anew", exception);
        return !isAnothers;
    }

    private Task TellAsync(string what, Exception exception) =>
        log.WriteLineAsync(
            $"the message in {queue.Name} {what}: {(exception as RequestFailedException)?.ErrorCode ?? exception.Message.Split('\n')[0]}");
}
