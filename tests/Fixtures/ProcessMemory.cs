using System.Globalization;

namespace IdcFunctions.Fixtures;

/// <summary>Memory of a process as Linux tells it, in MB of 10⁶ bytes.</summary>
public static class ProcessMemory
{
    /// <summary>The only process that this one has started.</summary>
    public static int OnlyChild() => ChildrenOf(Environment.ProcessId).Single();

    /// <summary>The processes that one has started.</summary>
    public static IEnumerable<int> ChildrenOf(int process) => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
        .Where(id => ParentOf(id) == process);

    /// <summary>Resident now, of all processes that one has started.</summary>
    public static double NowMegabytesOfChildren(int process) => ChildrenOf(process).Sum(child =>
    {
        try
        {
            return NowMegabytes(child);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It ended while it was looked at.
            return 0;
        }
    });

    /// <summary>Resident now.</summary>
    public static double NowMegabytes(int process) => Read(process, "VmRSS:");

    /// <summary>The most that was ever resident.</summary>
    public static double PeakMegabytes(int process) => Read(process, "VmHWM:");

    private static double Read(int process, string field)
    {
        var line = File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    private static int ParentOf(int process)
    {
        try
        {
            // pid (name) state ppid; a name may hold spaces.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
