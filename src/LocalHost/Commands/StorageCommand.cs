using System.CommandLine;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc storage</c>: only Azurite and the stand-in for Event Grid, for a Functions host of one's own.</summary>
public static class StorageCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var command = new Command(
            "storage",
            "Starts only the storage emulator, on its usual ports, and the stand-in for Event Grid, "
            + "so that `func start` in the published folder is the host.");
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() =>
            RunAsync(parsed.GetValue(options.Data)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string dataFolder, CancellationToken cancellationToken)
    {
        var data = Path.GetFullPath(dataFolder);
        Directory.CreateDirectory(data);
        await using var dataLock = DataFolderLock.TryTake(data)
            ?? throw new IOException($"{data} is in use by another idc. Stop it first, or give another folder with --data.");
        var address = new SiteAddress(data);
        await address.WriteStorageOnlyAsync(cancellationToken);
        try
        {
            return await ServeAsync(data, cancellationToken);
        }
        finally
        {
            address.Remove();
        }
    }

    private static async Task<int> ServeAsync(string data, CancellationToken cancellationToken)
    {
        using var log = HostLog.ToFile(Path.Combine(data, "log.txt"), TimeProvider.System);
        var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancellationToken);
        await using var azurite = await Azurite.StartAsync(installation, Path.Combine(data, "azurite"), AzuritePorts.Usual, cancellationToken);
        await StorageSetup.CreateAsync(azurite.ConnectionString, cancellationToken);
        Console.WriteLine(azurite.ConnectionString);
        await Console.Error.WriteLineAsync(
            "Set AzureWebJobsStorage and Slides to this connection string and Auth__Mode to Open, "
            + "then run `func start` in the published function app. Ctrl+C stops the storage.");
        await new UploadWatcher(azurite.ConnectionString, TimeProvider.System, log).RunAsync(cancellationToken);
        return 0;
    }
}
