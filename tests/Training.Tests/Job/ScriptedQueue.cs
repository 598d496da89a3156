using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>A queue with one message: each update of it does what the test says first.</summary>
internal sealed class ScriptedQueue(TimeProvider time) : QueueClient
{
    private int receipts = 1;

    /// <summary>What the update of this number, from 1, does first.</summary>
    public required Func<int, CancellationToken, Task> OnUpdate { get; init; }

    /// <summary>Updates that were asked for.</summary>
    public int Updates { get; private set; }

    /// <summary>Until when the message is hidden.</summary>
    public DateTimeOffset HiddenUntil { get; private set; }

    /// <summary>True where it was deleted by whoever holds it.</summary>
    public bool IsDeleted { get; private set; }

    public override string Name => "training-runs";

    private string Receipt => $"{receipts}";

    public override Task<Response<QueueMessage>> ReceiveMessageAsync(TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        HiddenUntil = time.GetUtcNow() + visibilityTimeout!.Value;
        return Task.FromResult(Response.FromValue(QueuesModelFactory.QueueMessage("id", Receipt, BinaryData.FromString("{}"), 1), null!));
    }

    public override async Task<Response<UpdateReceipt>> UpdateMessageAsync(string messageId, string popReceipt, BinaryData message, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        await OnUpdate(++Updates, cancellationToken);
        Assert.Equal(Receipt, popReceipt);
        receipts++;
        HiddenUntil = time.GetUtcNow() + visibilityTimeout;
        return Response.FromValue(QueuesModelFactory.UpdateReceipt(Receipt, HiddenUntil), null!);
    }

    public override Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        IsDeleted = popReceipt == Receipt;
        return Task.FromResult<Response>(null!);
    }
}
