using System.CommandLine;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.LocalHost.Commands;

/// <summary>The command line of <c>idc</c>.</summary>
public static class IdcCommand
{
    /// <summary>Exit code for what failed and was told.</summary>
    public const int Failed = 1;

    /// <summary>Makes the command with its options and subcommands.</summary>
    public static RootCommand Create()
    {
        var options = new SiteOptions();
        var root = new RootCommand(
            "Finds invasive ductal carcinoma in whole-slide images: the function app, its storage and its page on one machine. "
            + "Without a command it serves until Ctrl+C. Research use only.")
        {
            options.Data, options.Port, options.Lease, options.TrainingHourPrice,
        };
        root.SetAction((parsed, cancellationToken) => TellErrorsAsync(() =>
            ServeCommand.RunAsync(options.Read(parsed, ServeCommand.DefaultPort), cancellationToken)));
        root.Subcommands.Add(DemoCommand.Create(options));
        root.Subcommands.Add(ScoreCommand.Create(options));
        root.Subcommands.Add(RebuildCommand.Create(options));
        root.Subcommands.Add(VerifyCommand.Create(options));
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(StorageCommand.Create(options));
        return root;
    }

    /// <summary>Runs a command; what is expected to go wrong on a user's machine is told in one line, without a stack trace.</summary>
    public static async Task<int> TellErrorsAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            await Console.Error.WriteLineAsync($"idc: {StorageFailure.LineOf(exception)}");
            return Failed;
        }
        catch (Exception exception) when (exception
            is AzuriteException
            or HandlerFailedException
            or IOException
            or UnauthorizedAccessException
            or InvalidDataException
            or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"idc: {exception.Message}");
            return Failed;
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            await Console.Error.WriteLineAsync($"idc: the app did not answer in time: {exception.Message}");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("idc: stopped.");
            return Failed;
        }
    }
}
