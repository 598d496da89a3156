using System.Diagnostics;
using Xunit;

namespace IdcFunctions.Fixtures;

/// <summary>Waits for what another process or task brings about, looking again and again; a test that would wait for ever fails instead.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="condition">Whether it has come about.</param>
    public static Task HoldsAsync(string what, Func<bool> condition) => HoldsAsync(what, () => Task.FromResult(condition()));

    /// <summary>Looks until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the failure's message.</param>
    /// <param name="condition">Whether it has come about.</param>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition)
    {
        for (var started = Stopwatch.GetTimestamp(); !await condition();)
        {
            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                Assert.Fail($"Within {Limit.TotalSeconds} s this did not come about: {what}.");
            }

            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }
}
