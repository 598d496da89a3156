using System.Globalization;
using Azure.Storage.Queues;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Training;

/// <summary>
/// Stands in for the event-driven container job: while a message waits in <c>training-runs</c>, the training program is
/// started for it, one at a time.
/// </summary>
/// <param name="connection">Connection string of the storage account.</param>
/// <param name="workFolder">The program's folder for data sets and checkpoints.</param>
/// <param name="hourPrice">Price of an hour of this machine, for a training's cost so far.</param>
/// <param name="time">Clock that paces the looks.</param>
/// <param name="log">Gets what the program prints.</param>
public sealed class TrainingStarter(string connection, string workFolder, double hourPrice, TimeProvider time, HostLog log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IntervalAfterError = TimeSpan.FromSeconds(10);

    private readonly QueueClient queue = new(connection, Queues.TrainingRuns);

    /// <summary>
    /// Looks and starts until cancelled; a program that runs then is told to end, and its training goes on at the next
    /// start where it was.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var wait = Interval;
            try
            {
                // A peek sees only messages that nobody hides.
                if ((await queue.PeekMessageAsync(stopping)).Value is not null && await StartAsync(stopping) != 0)
                {
                    wait = IntervalAfterError;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (StorageFailure.Is(exception) || exception is IOException or UnauthorizedAccessException)
            {
                log.Write($"A message of {Queues.TrainingRuns} can't be handled: {StorageFailure.LineOf(exception)}");
                wait = IntervalAfterError;
            }

            await Task.Delay(wait, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> StartAsync(CancellationToken stopping)
    {
        var start = TrainingProgram.StartInfo(["job", "--work", workFolder, "--hour-price", hourPrice.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["Slides"] = connection;
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var program = TrainingProgram.Start(start);
        program.OutputDataReceived += (_, line) => log.WriteTrainingLine(line.Data);
        program.ErrorDataReceived += (_, line) => log.WriteTrainingLine(line.Data);
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        try
        {
            await program.WaitForExitAsync(stopping);
            return program.ExitCode;
        }
        finally
        {
            await TrainingEnd.EndAsync(program, TrainingEnd.Grace, time);
        }
    }
}
