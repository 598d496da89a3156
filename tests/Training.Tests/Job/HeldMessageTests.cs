using Azure;
using IdcFunctions.Training.Job;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Training.Tests.Job;

public sealed class HeldMessageTests : IDisposable
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly FakeTimeProvider time = new();
    private readonly StringWriter log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_message_stays_hidden_for_longer_than_its_visibility()
    {
        var queue = new ScriptedQueue(time) { OnUpdate = (_, _) => Task.CompletedTask };
        await using var message = await ReceiveAsync(queue);
        var end = time.GetUtcNow() + (2 * Visibility);

        await time.AdvanceUntilAsync(Step, "twice its visibility has passed", () =>
        {
            Assert.True(queue.HiddenUntil > time.GetUtcNow(), "It was seen.");
            return time.GetUtcNow() > end;
        });

        await message.DeleteAsync();
        Assert.True(queue.IsDeleted);
    }

    [Theory]
    [MemberData(nameof(StorageTrouble.Kinds), MemberType = typeof(StorageTrouble))]
    public async Task A_renewal_that_fails_is_told_and_followed_by_the_next(string trouble)
    {
        var queue = new ScriptedQueue(time) { OnUpdate = (number, _) => number == 1 ? Task.FromException(StorageTrouble.Of(trouble)) : Task.CompletedTask };
        await using var message = await ReceiveAsync(queue);

        await time.AdvanceUntilAsync(Step, "it is hidden anew", () => queue.Updates == 3);
        await message.DeleteAsync();

        Assert.True(queue.IsDeleted);
        Assert.Contains("could not be hidden anew", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewal_that_hangs_gives_way_to_the_next()
    {
        var queue = new ScriptedQueue(time) { OnUpdate = (number, token) => number == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask };
        await using var message = await ReceiveAsync(queue);

        await time.AdvanceUntilAsync(Step, "it is hidden anew", () => queue.Updates == 2);

        Assert.True(queue.HiddenUntil > time.GetUtcNow());
    }

    [Fact]
    public async Task A_message_that_another_received_in_between_is_left_to_it()
    {
        var queue = new ScriptedQueue(time) { OnUpdate = (_, _) => Task.FromException(new RequestFailedException(400, "mismatch", "PopReceiptMismatch", null)) };
        var message = await ReceiveAsync(queue);

        await time.AdvanceUntilAsync(Step, "it is told", () => log.ToString().Contains("is no longer held: PopReceiptMismatch", StringComparison.Ordinal));
        time.Advance(5 * Visibility);
        await message.DisposeAsync();

        Assert.Equal(1, queue.Updates);
    }

    private async Task<HeldMessage> ReceiveAsync(ScriptedQueue queue) =>
        (await HeldMessage.ReceiveAsync(queue, Visibility, time, log, TestContext.Current.CancellationToken))!;
}
