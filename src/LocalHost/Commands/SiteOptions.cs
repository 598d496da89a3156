using System.CommandLine;

namespace IdcFunctions.LocalHost.Commands;

/// <summary>The options of every command that starts the site.</summary>
public sealed class SiteOptions
{
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
        Description = $"Port of page and API on 127.0.0.1; 0 for any free one. Default: {ServeCommand.DefaultPort} to serve, any free one for demo and score",
        Recursive = true,
    };

    /// <summary><c>--lease</c>.</summary>
    public Option<TimeSpan> Lease { get; } = new("--lease")
    {
        Description = "How long a message is hidden while it is worked on: a killed worker's message comes again after it",
        DefaultValueFactory = _ => LocalSiteOptions.DefaultLease,
        Recursive = true,
    };

    /// <summary>The options as they were given.</summary>
    public LocalSiteOptions Read(ParseResult parsed, int defaultPort) =>
        new(parsed.GetValue(Data)!, parsed.GetValue(Port) ?? defaultPort, parsed.GetValue(Lease));
}
