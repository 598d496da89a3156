using System.Reflection;
using IdcFunctions.Scoring;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Runs;

/// <summary>The versions of this program.</summary>
public static class ProgramVersions
{
    /// <summary>As they stand in the runs that it completes.</summary>
    public static RunVersions Current { get; } = new(
        typeof(ProgramVersions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        OnnxSessions.RuntimeVersion);
}
