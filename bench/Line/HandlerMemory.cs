using System.Globalization;

namespace IdcFunctions.Bench.Line;

/// <summary>A process's memory as Linux tells it.</summary>
internal static class HandlerMemory
{
    /// <summary>Peak resident set (VmHWM), in MB of 10⁶ bytes.</summary>
    public static double PeakMegabytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
