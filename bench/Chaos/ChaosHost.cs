using System.Globalization;
using System.Reflection;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.Bench.Chaos;

/// <summary>The host in a process of its own, so that it can be killed; it ends by itself when the trial's process goes.</summary>
internal static class ChaosHost
{
    /// <summary>The argument that makes this program the host.</summary>
    public const string Argument = "host";

    /// <summary>Folder of the app that was built with this program.</summary>
    public static string BuiltApp { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "App").Value!;

    /// <summary>Short, so that what a killed worker held comes again soon.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>Serves the account until its standard input ends; the first line it prints is its address and the handler's port.</summary>
    /// <param name="connection">The account.</param>
    /// <param name="app">The published app's folder.</param>
    public static async Task<int> RunAsync(string connection, string app)
    {
        var settings = HandlerSettings.For(connection, Lease);
        settings["Tiling__BatchSize"] = "8";
        settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01";
        settings["Sweep__HousekeepingEvery"] = "00:00:02";
        settings["Sweep__PurgeAfter"] = "00:00:25";
        using var log = new HostLog(Console.Error, TimeProvider.System);
        await using var host = await FunctionsHost.StartAsync(FunctionApp.Load(app, settings), new FunctionsHostOptions(0, connection, Lease, settings), TimeProvider.System, log, CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{host.Address} {host.Handler.Port}"));
        await await Task.WhenAny(host.Completion, Task.Run(Console.In.ReadToEnd));
        return 0;
    }
}
