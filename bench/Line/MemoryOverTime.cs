using System.Collections.Immutable;
using System.Globalization;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Bench.Line;

/// <summary>What the handler, its decoders and the host, which is this process, have in memory, looked at once a second.</summary>
/// <param name="handler">The handler's process.</param>
internal sealed class MemoryOverTime(int handler)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<(double Handler, double Decoders, double Host)> looks = [];

    /// <summary>Looks until it is told to stop.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                looks.Add((ProcessMemory.NowMegabytes(handler), ProcessMemory.NowMegabytesOfChildren(handler), ProcessMemory.NowMegabytes(Environment.ProcessId)));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>A table of the most in each third of the time.</summary>
    public IEnumerable<string> Table()
    {
        yield return "| most in memory, MB | handler | its decoders | host |";
        yield return "|---|---|---|---|";
        ImmutableArray<string> thirds = ["in the first third", "in the second", "in the last"];
        for (var third = 0; third < thirds.Length; third++)
        {
            var (from, to) = (looks.Count * third / thirds.Length, looks.Count * (third + 1) / thirds.Length);
            var part = looks[from..Math.Max(to, from + 1)];
            yield return string.Create(CultureInfo.InvariantCulture, $"| {thirds[third]} | {part.Max(look => look.Handler):0} | {part.Max(look => look.Decoders):0} | {part.Max(look => look.Host):0} |");
        }
    }
}
