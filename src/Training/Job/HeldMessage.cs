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
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly CancellationTokenSource ending = new();
    private readonly Task renewing;
    private string receipt;

    private HeldMessage(QueueClient queue, QueueMessage message, TimeSpan visibility, TimeProvider time, TextWriter log)
    {
        this.queue = queue;
        this.message = message;
        this.visibility = visibility;
        this.time = time;
        this.log = log;
        receipt = message.PopReceipt;
        renewing = Task.Run(RenewAsync);
    }

    /// <summary>What it says.</summary>
    public BinaryData Body => message.Body;

    /// <summary>Takes a message; null where none waits.</summary>
    public static async Task<HeldMessage?> ReceiveAsync(QueueClient queue, TimeSpan visibility, TimeProvider time, TextWriter log, CancellationToken cancellationToken) =>
        (await queue.ReceiveMessageAsync(visibility, cancellationToken)).Value is { } message ? new HeldMessage(queue, message, visibility, time, log) : null;

    /// <summary>Deletes it: it has been worked off.</summary>
    public Task DeleteAsync() => EndAsync(() => queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None));

    /// <summary>Lets it come again after a while.</summary>
    public Task ReleaseAsync(TimeSpan delay) => EndAsync(() => queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, delay, CancellationToken.None));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await renewing;
        ending.Dispose();
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(visibility / 3, time, ending.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (ending.IsCancellationRequested)
            {
                return;
            }

            await TellFailureAsync(async () => receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, visibility, ending.Token)).Value.PopReceipt);
        }
    }

    private async Task EndAsync(Func<Task> end)
    {
        await ending.CancelAsync();
        await renewing;
        await TellFailureAsync(end);
    }

    /// <summary>A message that was received by another in between is the other's; it finds the run locked or final, so nothing is lost.</summary>
    private async Task TellFailureAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
        catch (RequestFailedException exception)
        {
            await log.WriteLineAsync($"the message in {queue.Name} is no longer held: {exception.ErrorCode}");
        }
    }
}
