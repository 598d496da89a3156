using System.CommandLine;
using System.Diagnostics;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc train</c>: starts the training program; this one does not reference it, since libtorch is 500 MB.</summary>
public static class TrainCommand
{
    private const string Project = "src/Training/Training.csproj";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments") { Description = "The training program's arguments: a data set and options; 'idc train -- --help' lists them", Arity = ArgumentArity.ZeroOrMore, CaptureRemainingTokens = true };
        var command = new Command("train", "Trains a model on a folder or zip of labelled 50×50 patches.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() =>
            RunAsync([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens], cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet");
        foreach (var argument in (string[])["run", "--project", FindProject(), "--configuration", "Release", "--", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var training = Process.Start(start)!;
        await training.WaitForExitAsync(cancellationToken);
        return training.ExitCode;
    }

    private static string FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, Project);
            if (File.Exists(project))
            {
                return project;
            }
        }

        throw new IOException($"The training program is not here: there is no {Project} above {AppContext.BaseDirectory}. Run idc from a checkout, or use the training container.");
    }
}
