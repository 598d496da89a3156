using Xunit;

namespace IdcFunctions.Fixtures;

/// <summary>Waits for what another process or task brings about, looking again and again; a test that would wait for ever fails instead.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="condition">Whether it has come about.</param>
    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(() => what, () => Task.FromResult(condition()));

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="condition">Whether it has come about.</param>
    public static Task HoldsAsync(string what, Func<Task<bool>> condition) => HoldsAsync(() => what, condition);

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    /// <param name="what">Tells what is waited for and what was found instead, for the failure's message.</param>
    /// <param name="condition">Whether it has come about.</param>
    public static async Task HoldsAsync(Func<string> what, Func<Task<bool>> condition) =>
        await ResultAsync(what, async () => await condition() ? true : (bool?)null);

    /// <summary>Looks until <paramref name="look"/> finds a value.</summary>
    /// <param name="what">Tells what is waited for and what was found instead, for the failure's message.</param>
    /// <param name="look">Looks.</param>
    public static async Task<T> ResultAsync<T>(Func<string> what, Func<Task<T?>> look)
        where T : struct
    {
        for (var started = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(started) < Limit;)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Within {Limit.TotalSeconds} s this did not come about: {what()}");
        return default;
    }
}
