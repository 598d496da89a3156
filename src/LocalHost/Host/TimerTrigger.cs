using System.Text.Json;
using NCrontab;

namespace IdcFunctions.LocalHost.Host;

/// <summary>A function behind a timer.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Binding">Name of the value in the envelope's Data.</param>
/// <param name="Schedule">When it fires, UTC; six fields, seconds first.</param>
/// <param name="RunsOnStartup">True where it fires at start too.</param>
public sealed record TimerTrigger(string Function, string Binding, CrontabSchedule Schedule, bool RunsOnStartup)
{
    /// <summary>False for timers that fire more often than once a minute: the Functions host keeps no status of those.</summary>
    public bool IsMonitored(DateTimeOffset now)
    {
        var next = NextAfter(now);
        return NextAfter(next) - next >= TimeSpan.FromMinutes(1);
    }

    /// <summary>The first time after <paramref name="time"/>.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset time) => new(Schedule.GetNextOccurrence(time.UtcDateTime), TimeSpan.Zero);

    /// <summary>Reads the trigger.</summary>
    public static TimerTrigger Read(TriggerBinding binding) => new(
        binding.Function,
        binding.Require("name"),
        CrontabSchedule.Parse(binding.Require("schedule"), new CrontabSchedule.ParseOptions { IncludingSeconds = true }),
        binding.Json.TryGetProperty("runOnStartup", out var runs) && runs.ValueKind == JsonValueKind.True);
}
