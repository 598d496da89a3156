using System.Reflection;

namespace IdcFunctions.LocalHost.Tests;

/// <summary>Programs that were built with the tests.</summary>
internal static class Programs
{
    /// <summary>The handler that does what its script says.</summary>
    public static string ScriptedHandler { get; } = Find("ScriptedHandler");

    /// <summary>The command line.</summary>
    public static string Idc { get; } = Find("Idc");

    private static string Find(string name) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == name).Value!;
}
