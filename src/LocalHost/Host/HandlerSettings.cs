using System.Runtime.InteropServices;

namespace IdcFunctions.LocalHost.Host;

/// <summary>The function app's settings on one machine.</summary>
public static class HandlerSettings
{
    /// <summary>Settings for an app whose two storage connections are one account.</summary>
    public static Dictionary<string, string> For(string storageConnection, TimeSpan lease) => new()
    {
        ["AzureWebJobsStorage"] = storageConnection,
        ["Slides"] = storageConnection,
        // Host and handler listen on loopback only.
        ["Auth__Mode"] = "Open",
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
        ["AzureWebJobsSecretStorageType"] = "files",
        ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
        ["Sweep__Lease"] = lease.ToString("c"),

        // The handler's own start-up program looks for .NET in usual places only; it is to run on the one that runs here.
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
    };
}
