using Azure.Storage.Queues;
using IdcFunctions.Fixtures;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A queue of one test, with its poison queue.</summary>
internal sealed class TestQueue
{
    private TestQueue(QueueServiceClient queues, string name)
    {
        Client = queues.GetQueueClient(name);
        Poison = queues.GetQueueClient($"{name}-poison");
    }

    /// <summary>The queue.</summary>
    public QueueClient Client { get; }

    /// <summary>Its poison queue, which the host makes when it needs it.</summary>
    public QueueClient Poison { get; }

    /// <summary>Its name.</summary>
    public string Name => Client.Name;

    /// <summary>Makes a queue with messages.</summary>
    public static async Task<TestQueue> MakeAsync(string connection, params string[] messages)
    {
        var queue = new TestQueue(new QueueServiceClient(connection), $"q{Guid.NewGuid():n}");
        await queue.Client.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        foreach (var message in messages)
        {
            await queue.SendAsync(message);
        }

        return queue;
    }

    /// <summary>Sends a message.</summary>
    public async Task SendAsync(string message) => await Client.SendMessageAsync(message, TestContext.Current.CancellationToken);

    /// <summary>Messages in it, those that are leased included.</summary>
    public async Task<int> CountAsync() => (await Client.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount;

    /// <summary>Waits until every message was deleted.</summary>
    public Task EmptiedAsync() => Eventually.HoldsAsync($"queue {Name} is empty", async () => await CountAsync() == 0);

    /// <summary>Waits for the message on the poison queue.</summary>
    public async Task<string> PoisonedAsync()
    {
        string? text = null;
        await Eventually.HoldsAsync($"a message on {Poison.Name}", async () =>
        {
            if (await Poison.ExistsAsync(TestContext.Current.CancellationToken))
            {
                text = (await Poison.PeekMessageAsync(TestContext.Current.CancellationToken)).Value?.MessageText;
            }

            return text is not null;
        });
        return text!;
    }
}
