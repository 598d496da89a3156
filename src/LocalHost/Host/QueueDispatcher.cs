using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// Delivers one queue's messages to its function as the Functions host's listener does: received by <c>batchSize</c>
/// under a lease that is renewed while the function runs; deleted after success; after a failure visible again after
/// <c>visibilityTimeout</c>, or, delivered <c>maxDequeueCount</c> times, copied to the poison queue.
/// </summary>
public sealed class QueueDispatcher(
    QueueTrigger trigger, QueueServiceClient queues, QueueSettings settings, TimeSpan lease, FunctionInvoker invoker, TimeProvider time, HostLog log)
{
    private readonly QueueClient queue = queues.GetQueueClient(trigger.Queue);
    private readonly HashSet<Task> running = [];

    /// <summary>True for poison queues: what fails there stays there, leased again and again.</summary>
    private bool HasNoPoisonQueue => trigger.Queue.EndsWith(Queues.PoisonSuffix, StringComparison.Ordinal);

    /// <summary>
    /// Receives and delivers until <paramref name="stopping"/>; then waits for what runs, at most until
    /// <paramref name="aborting"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        var wait = QueueSettings.MinPollingInterval;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await WaitForRoomAsync(stopping);
                if (await ReceiveAsync(stopping, aborting))
                {
                    wait = QueueSettings.MinPollingInterval;
                    continue;
                }

                wait = Longer(wait);
            }
            catch (Exception exception) when (StorageFailure.Is(exception))
            {
                log.Write($"Queue {trigger.Queue} can't be read: {StorageFailure.LineOf(exception)}");
                wait = settings.MaxPollingInterval;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(running);
    }

    /// <summary>Waits until no more than <c>newBatchThreshold</c> messages are being worked on.</summary>
    private async Task WaitForRoomAsync(CancellationToken stopping)
    {
        while (true)
        {
            foreach (var ended in running.Where(delivery => delivery.IsCompleted).ToList())
            {
                running.Remove(ended);
                await ended;
            }

            if (running.Count <= settings.NewBatchThreshold)
            {
                return;
            }

            await Task.WhenAny(running).WaitAsync(stopping);
        }
    }

    private async Task<bool> ReceiveAsync(CancellationToken stopping, CancellationToken aborting)
    {
        QueueMessage[] messages = (await queue.ReceiveMessagesAsync(settings.BatchSize, lease, stopping)).Value;
        foreach (var message in messages)
        {
            running.Add(DeliverAsync(message, aborting));
        }

        return messages.Length > 0;
    }

    private async Task DeliverAsync(QueueMessage message, CancellationToken aborting)
    {
        try
        {
            if (message.DequeueCount > settings.MaxDequeueCount)
            {
                if (HasNoPoisonQueue)
                {
                    return;
                }

                await PoisonAsync(message, message.PopReceipt);
                return;
            }

            using var renewing = CancellationTokenSource.CreateLinkedTokenSource(aborting);
            var renewal = RenewAsync(message, renewing.Token);
            bool succeeded;
            try
            {
                succeeded = await invoker.InvokeAsync(trigger.Function, InvocationEnvelope.OfQueue(trigger, message, time.GetUtcNow()), aborting);
            }
            finally
            {
                await renewing.CancelAsync();
            }

            await EndAsync(message, await renewal, succeeded);
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            // The message is somebody else's by now, or storage does not answer: it comes again when its lease ends.
            log.Write($"A message of {trigger.Queue} is left to its lease: {StorageFailure.LineOf(exception)}");
        }
        catch (Exception exception) when (exception is OperationCanceledException or HandlerFailedException)
        {
            log.Write($"A message of {trigger.Queue} is left to its lease: the host stops.");
        }
    }

    private async Task EndAsync(QueueMessage message, string receipt, bool succeeded)
    {
        if (succeeded)
        {
            await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
        }
        else if (HasNoPoisonQueue)
        {
            log.Write($"A message of {trigger.Queue} failed; poison queues have none of their own, so it waits for its lease.");
        }
        else if (message.DequeueCount < settings.MaxDequeueCount)
        {
            await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, settings.VisibilityTimeout, CancellationToken.None);
        }
        else
        {
            await PoisonAsync(message, receipt);
        }
    }

    private async Task PoisonAsync(QueueMessage message, string receipt)
    {
        var poison = queues.GetQueueClient(trigger.Queue + Queues.PoisonSuffix);
        await poison.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
        await poison.SendMessageAsync(message.Body, cancellationToken: CancellationToken.None);
        await queue.DeleteMessageAsync(message.MessageId, receipt, CancellationToken.None);
        log.Write($"A message of {trigger.Queue} was delivered {message.DequeueCount} times and goes to its poison queue.");
    }

    /// <summary>
    /// Renews the lease at its half until cancelled; returns the receipt that is valid then. A renewal that fails is tried
    /// again soon: the message is still ours until the lease ends, and the function is at work.
    /// </summary>
    private async Task<string> RenewAsync(QueueMessage message, CancellationToken ended)
    {
        var (receipt, wait) = (message.PopReceipt, lease / 2);
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(wait, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                break;
            }

            try
            {
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, message.Body, lease, CancellationToken.None)).Value.PopReceipt;
                wait = lease / 2;
            }
            catch (RequestFailedException exception) when (exception.Status is 400 or 404)
            {
                log.Write(
                    $"A message of {trigger.Queue} is worked on without a lease, it was deleted or received by another: "
                    + StorageFailure.LineOf(exception));
                return receipt;
            }
            catch (Exception exception) when (StorageFailure.Is(exception))
            {
                log.Write($"The lease of a message of {trigger.Queue} could not be renewed: {StorageFailure.LineOf(exception)}");
                wait = lease / 8;
            }
        }

        return receipt;
    }

    /// <summary>The listener's back-off: up to twice as long at each empty poll, at random, so that instances do not poll in step.</summary>
    private TimeSpan Longer(TimeSpan wait)
    {
        var longer = wait * (1.2 + (0.8 * Random.Shared.NextDouble()));
        return longer < settings.MaxPollingInterval ? longer : settings.MaxPollingInterval;
    }
}
