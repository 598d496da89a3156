using System.Globalization;

namespace IdcFunctions.Bench.Scoring;

/// <summary>The handler's threads, as Linux tells them.</summary>
internal sealed class HandlerThreads(int process)
{
    /// <summary>Clock ticks in a second (USER_HZ), the same on every Linux.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>The one thread that calls ONNX Runtime.</summary>
    public int ScoringThread { get; } = int.Parse(
        Path.GetFileName(Directory.EnumerateDirectories($"/proc/{process}/task").Single(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == "scoring-0")),
        CultureInfo.InvariantCulture);

    /// <summary>CPU time of all other threads so far, those that have ended included.</summary>
    public TimeSpan CpuOutsideScoring() => CpuOf($"/proc/{process}/stat") - CpuOf($"/proc/{process}/task/{ScoringThread}/stat");

    private static TimeSpan CpuOf(string stat)
    {
        // The second field, the name in parentheses, may hold blanks; user and system time are fields 14 and 15.
        var text = File.ReadAllText(stat);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}
