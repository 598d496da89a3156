using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>Lets a test's time pass while others wait for it.</summary>
internal static class Clock
{
    /// <summary>Lets time pass, as little as is needed, until something holds. Whoever waits may ask for its timer at any moment.</summary>
    public static Task AdvanceUntilAsync(this FakeTimeProvider time, TimeSpan step, string what, Func<bool> condition) => Eventually.HoldsAsync(what, () =>
    {
        if (condition())
        {
            return true;
        }

        time.Advance(step);
        return condition();
    });
}
