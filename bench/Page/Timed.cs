using System.Globalization;

namespace IdcFunctions.Bench.Page;

/// <summary>Milliseconds of many requests.</summary>
internal sealed class Timed
{
    private readonly List<double> milliseconds = [];

    /// <summary>Requests.</summary>
    public int Count => milliseconds.Count;

    /// <summary>Runs one request and keeps its time.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> request)
    {
        var started = TimeProvider.System.GetTimestamp();
        var result = await request();
        var elapsed = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        lock (milliseconds)
        {
            milliseconds.Add(elapsed);
        }

        return result;
    }

    /// <summary>The share of requests that were as fast or faster.</summary>
    public double At(double share)
    {
        var sorted = milliseconds.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At(0.5):0} | {At(0.95):0} | {At(1):0}");
}
