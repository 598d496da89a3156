using Xunit;

namespace IdcFunctions.Fixtures;

/// <summary>Waits for what another process does: looks again until it holds, and fails with the state it found last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until <paramref name="look"/> finds a value.</summary>
    public static async Task<T> ResultAsync<T>(Func<Task<T?>> look, TimeSpan patience, Func<string> describe)
        where T : struct
    {
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < patience;)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Not within {patience}. {describe()}");
    }

    /// <summary>Waits until <paramref name="look"/> is true.</summary>
    public static async Task TrueAsync(Func<Task<bool>> look, TimeSpan patience, Func<string> describe) =>
        await ResultAsync(async () => await look() ? true : (bool?)null, patience, describe);
}
