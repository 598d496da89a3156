using System.CommandLine;
using IdcFunctions.LocalHost.Training;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc train</c>: starts the training program.</summary>
public static class TrainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "The training program's arguments: a data set and options; 'idc train -- --help' lists them",
            Arity = ArgumentArity.ZeroOrMore,
            CaptureRemainingTokens = true,
        };
        var command = new Command("train", "Trains a model on a folder or zip of labelled 50×50 patches.") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() =>
            RunAsync([.. parsed.GetValue(arguments) ?? [], .. parsed.UnmatchedTokens], cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var training = TrainingProgram.Start(TrainingProgram.StartInfo(arguments));
        try
        {
            await training.WaitForExitAsync(cancellationToken);
            return training.ExitCode;
        }
        finally
        {
            await TrainingEnd.EndAsync(training, TrainingEnd.Grace, TimeProvider.System);
        }
    }
}
