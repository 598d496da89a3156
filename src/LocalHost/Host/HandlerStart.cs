using System.Diagnostics;
using System.Globalization;

namespace IdcFunctions.LocalHost.Host;

/// <summary>How the Functions host starts a custom handler: by host.json's command, in the app's folder, told its port by the environment.</summary>
internal static class HandlerStart
{
    /// <summary>What to start.</summary>
    /// <param name="app">The function app.</param>
    /// <param name="environment">App settings, given to the handler as environment variables.</param>
    /// <param name="port">The handler's port on 127.0.0.1.</param>
    public static ProcessStartInfo Of(FunctionApp app, IReadOnlyDictionary<string, string> environment, int port)
    {
        var start = new ProcessStartInfo(app.Executable)
        {
            WorkingDirectory = app.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in app.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var (number, worker) = (port.ToString(CultureInfo.InvariantCulture), Guid.NewGuid().ToString());
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "custom";
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = number;
        start.Environment["FUNCTIONS_HTTPWORKER_PORT"] = number;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = worker;
        start.Environment["FUNCTIONS_HTTPWORKER_ID"] = worker;
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = app.Root;
        start.Environment["AzureWebJobsScriptRoot"] = app.Root;

        // Not the Functions host's: by it a handler notices that its host died before the handler's first line.
        start.Environment["IDC_HOST_PROCESS"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return start;
    }
}
