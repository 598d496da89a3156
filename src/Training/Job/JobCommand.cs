using System.CommandLine;
using System.Globalization;
using Azure;
using Azure.Identity;
using IdcFunctions.Storage;

namespace IdcFunctions.Training.Job;

/// <summary><c>job</c>: takes one message of the queue <c>training-runs</c> and does what it asks, as a container job does.</summary>
public static class JobCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var work = new Option<string>("--work")
        {
            Description = "Folder for the data set and checkpoints while it trains",
            DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "idc-training"),
        };
        var visibility = new Option<TimeSpan>("--visibility")
        {
            Description = "How long the message is hidden unless it is renewed",
            DefaultValueFactory = _ => JobOptions.DefaultVisibility,
        };
        var lease = new Option<TimeSpan>("--lock-lease")
        {
            Description = "How long the run's lock is held unless it is renewed, 15 to 60 seconds",
            DefaultValueFactory = _ => JobOptions.DefaultLease,
        };
        var device = TrainCommand.DeviceOption();
        var price = new Option<double>("--hour-price") { Description = "Price of an hour of this machine, for the cost so far" };
        var hours = new Option<double?>("--most-hours") { Description = "Hours of a run, all its starts together, after which it fails" };
        Check(
            visibility, value => value >= JobOptions.ShortestVisibility && value <= JobOptions.LongestVisibility,
            $"no duration (hh:mm:ss) between {JobOptions.ShortestVisibility:c} and {JobOptions.LongestVisibility:c}");
        Check(
            lease, value => value >= JobOptions.ShortestLease && value <= JobOptions.DefaultLease,
            $"no duration (hh:mm:ss) between {JobOptions.ShortestLease:c} and {JobOptions.DefaultLease:c}");
        Check(price, value => value >= 0 && double.IsFinite(value), "no price from 0");
        Check(hours, value => value is > 0 and <= JobOptions.LongestHours, string.Create(
            CultureInfo.InvariantCulture,
            $"no number of hours above 0 and at most {JobOptions.LongestHours}"));
        var command = new Command(
            "job",
            "Takes one message of the queue 'training-runs', trains what it asks for, and ends. "
            + "The storage account is the connection 'Slides': a connection string, "
            + "or Slides__blobServiceUri and its like with a managed identity.")
        {
            work, visibility, lease, device, price, hours,
        };
        command.SetAction((parsed, stopping) => RunAsync(
            new JobOptions(
                Path.GetFullPath(parsed.GetValue(work)!),
                parsed.GetValue(visibility),
                parsed.GetValue(lease),
                parsed.GetValue(device),
                parsed.GetValue(price),
                parsed.GetValue(hours)),
            stopping));
        return command;
    }

    private static void Check<T>(Option<T> option, Func<T, bool> isValid, string otherwise) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && !result.Errors.Any() && !isValid(result.GetValueOrDefault<T>()!))
        {
            result.AddError($"{option.Name}: '{text}' is {otherwise}.");
        }
    });

    private static async Task<int> RunAsync(JobOptions options, CancellationToken stopping)
    {
        try
        {
            var storage = StorageClients.Create(key => Environment.GetEnvironmentVariable(key.Replace(":", "__", StringComparison.Ordinal)));
            return await new TrainingJob(storage, options, TimeProvider.System, Console.Out).RunAsync(stopping) == JobEnd.Interrupted ? 1 : 0;
        }
        catch (Exception exception) when (exception is InvalidOperationException or RequestFailedException or AggregateException or AuthenticationFailedException or OperationCanceledException or IOException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
