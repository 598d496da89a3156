using System.Reflection;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What the build made beside the local host: the program and the published function app.</summary>
internal static class PublishedApp
{
    private static readonly string LocalHost = typeof(PublishedApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "LocalHost").Value!;

    /// <summary>The function app's root folder: what the build published, or an image's root that <c>IDC_APP_ROOT</c> names.</summary>
    public static string Folder { get; } = Path.GetFullPath(Environment.GetEnvironmentVariable("IDC_APP_ROOT") is { Length: > 0 } root ? root : Path.Combine(LocalHost, "app"));

    /// <summary>The command.</summary>
    public static string Command { get; } = Path.GetFullPath(Path.Combine(LocalHost, "idc"));
}
