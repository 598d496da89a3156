using Azure;
using IdcFunctions.Training.Job;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Training.Tests.Job;

public sealed class RunLockTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly FakeTimeProvider time = new();

    /// <summary>At the end of the lease another trainer may have taken it: a request that does not answer must not keep that from being seen.</summary>
    [Fact]
    public async Task While_renewals_hang_the_lock_is_lost_before_the_lease_ends()
    {
        await using var held = await TakeAsync(new ScriptedLease { OnRenewal = (_, token) => Task.Delay(Timeout.Infinite, token) });

        time.Advance(Held - TimeSpan.FromMilliseconds(1));
        Assert.False(held.Lost.IsCancellationRequested);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task The_lease_is_counted_from_the_request_not_from_its_answer()
    {
        var asked = default(DateTimeOffset);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lease = new ScriptedLease
        {
            OnRenewal = (number, token) =>
            {
                if (number > 1)
                {
                    return Task.Delay(Timeout.Infinite, token);
                }

                asked = time.GetUtcNow();
                return answer.Task.WaitAsync(token);
            },
        };
        await using var held = await TakeAsync(lease);
        await time.AdvanceUntilAsync(Step, "a renewal is asked for", () => lease.Renewals == 1);
        time.Advance(TimeSpan.FromSeconds(10));
        answer.SetResult();
        await time.AdvanceUntilAsync(Step, "the next one is asked for", () => lease.Renewals == 2);

        time.Advance(asked + Held - TimeSpan.FromMilliseconds(1) - time.GetUtcNow());
        Assert.False(held.Lost.IsCancellationRequested);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Theory]
    [MemberData(nameof(StorageTrouble.Kinds), MemberType = typeof(StorageTrouble))]
    public async Task A_renewal_that_fails_is_followed_by_the_next(string trouble)
    {
        var lease = new ScriptedLease { OnRenewal = (number, _) => number == 1 ? Task.FromException(StorageTrouble.Of(trouble)) : Task.CompletedTask };
        var held = await TakeAsync(lease);

        // Longer than the lease.
        await time.AdvanceUntilAsync(Step, "the lease is renewed again and again", () => lease.Renewals == 5);
        Assert.False(held.Lost.IsCancellationRequested);
        await held.DisposeAsync();

        Assert.True(lease.IsReleased);
    }

    [Theory]
    [MemberData(nameof(StorageTrouble.Kinds), MemberType = typeof(StorageTrouble))]
    public async Task Renewals_that_go_on_failing_lose_the_lock(string trouble)
    {
        var lease = new ScriptedLease { OnRenewal = (_, _) => Task.FromException(StorageTrouble.Of(trouble)) };
        var start = time.GetUtcNow();
        await using var held = await TakeAsync(lease);

        await time.AdvanceUntilAsync(Step, "the lock is lost", () => held.Lost.IsCancellationRequested);

        Assert.Equal(Held, time.GetUtcNow() - start);
    }

    [Theory]
    [InlineData(409)]
    [InlineData(404)]
    public async Task A_lease_that_is_another_trainers_is_lost_at_once(int status)
    {
        var lease = new ScriptedLease { OnRenewal = (_, _) => Task.FromException(new RequestFailedException(status, "another's")) };
        await using var held = await TakeAsync(lease);

        await time.AdvanceUntilAsync(Step, "the lock is lost", () => held.Lost.IsCancellationRequested);

        Assert.Equal(1, lease.Renewals);
    }

    private async Task<RunLock> TakeAsync(ScriptedLease lease) => (await RunLock.TryTakeAsync(lease.Blob, Lease, time, TestContext.Current.CancellationToken))!;
}
