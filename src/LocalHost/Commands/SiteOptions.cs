using System.CommandLine;
using System.Globalization;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.LocalHost.Commands;

/// <summary>The options of every command that starts the site.</summary>
public sealed class SiteOptions
{
    private static readonly TimeSpan ShortestLease = TimeSpan.Parse(Queues.ShortestLease, CultureInfo.InvariantCulture);
    private static readonly TimeSpan LongestLease = TimeSpan.Parse(Queues.LongestLease, CultureInfo.InvariantCulture);

    /// <summary>Makes the options with the checks that their types do not make.</summary>
    public SiteOptions()
    {
        Port.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue))
            {
                result.AddError($"--port: '{text}' is no port between 0 and {ushort.MaxValue}.");
            }
        });
        Lease.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && !(TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var lease)
                    && lease >= ShortestLease
                    && lease <= LongestLease))
            {
                result.AddError($"--lease: '{text}' is no duration (hh:mm:ss) between {ShortestLease:c} and {LongestLease:c}.");
            }
        });
        TrainingHourPrice.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && !(double.TryParse(text, CultureInfo.InvariantCulture, out var price) && price >= 0 && double.IsFinite(price)))
            {
                result.AddError($"--training-hour-price: '{text}' is no price from 0.");
            }
        });
    }

    /// <summary><c>--data</c>.</summary>
    public Option<string> Data { get; } = new("--data")
    {
        Description = "Folder that keeps slides, results and models",
        DefaultValueFactory = _ => LocalSiteOptions.DefaultDataFolder,
        Recursive = true,
    };

    /// <summary><c>--port</c>.</summary>
    public Option<int?> Port { get; } = new("--port")
    {
        Description = "Port of page and API on 127.0.0.1; 0 for any free one. "
            + $"Default: {ServeCommand.DefaultPort} to serve, any free one for demo and score",
        Recursive = true,
    };

    /// <summary><c>--lease</c>.</summary>
    public Option<TimeSpan> Lease { get; } = new("--lease")
    {
        Description = "How long a message is hidden while it is worked on: a killed worker's message comes again after it",
        DefaultValueFactory = _ => LocalSiteOptions.DefaultLease,
        Recursive = true,
    };

    /// <summary><c>--training-hour-price</c>; the training program's own option, which <c>idc train</c> passes on, has another name.</summary>
    public Option<double> TrainingHourPrice { get; } = new("--training-hour-price")
    {
        Description = "Price of an hour of this machine, for the cost so far of a training run that was asked for on the page",
        Recursive = true,
    };

    /// <summary>The options as they were given.</summary>
    public LocalSiteOptions Read(ParseResult parsed, int defaultPort) =>
        new(parsed.GetValue(Data)!, parsed.GetValue(Port) ?? defaultPort, parsed.GetValue(Lease), parsed.GetValue(TrainingHourPrice));
}
