using System.Globalization;

namespace IdcFunctions.Bench.Scoring;

/// <summary>What .NET does not tell about threads.</summary>
internal static class Native
{
    /// <summary>Linux's id of the calling thread: the last part of what <c>/proc/thread-self</c> points to.</summary>
    public static int CurrentThread() => int.Parse(Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), CultureInfo.InvariantCulture);
}
