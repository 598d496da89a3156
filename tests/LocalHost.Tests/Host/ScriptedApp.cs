using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A function app in a folder of its own, whose handler does what scripts say (see tests/ScriptedHandler).</summary>
internal sealed class ScriptedApp : IDisposable
{
    private const string HostJson = """
        {
          "version": "2.0",
          "functionTimeout": "00:01:00",
          "customHandler": { "description": { "defaultExecutablePath": "?" }, "enableForwardingHttpRequest": true, "initializationTimeout": "00:00:30" },
          "extensions": {
            "http": { "routePrefix": "" },
            "queues": { "visibilityTimeout": "00:00:00", "maxPollingInterval": "00:00:00.100", "messageEncoding": "none" }
          }
        }
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    /// <summary>Makes an app without functions.</summary>
    public ScriptedApp()
    {
        File.WriteAllText(Path.Combine(folder, "host.json"), HostJson.Replace("?", Programs.ScriptedHandler, StringComparison.Ordinal));
        Log = HostLog.ToFile(Path.Combine(folder, "log.txt"), TimeProvider.System);
    }

    /// <summary>The app's root, and the script's folder.</summary>
    public string Folder => folder;

    /// <summary>How the handler starts: steps, the first for its first process.</summary>
    public string Starts { get; set; } = "ok";

    /// <summary>Settings that go over <c>host.json</c>, by the path of the value there, e.g. <c>extensions:queues:batchSize</c>.</summary>
    public Dictionary<string, string> HostSettings { get; } = [];

    /// <summary>The host's log.</summary>
    public HostLog Log { get; }

    /// <summary>What the log holds so far.</summary>
    public string LogText => ReadShared("log.txt");

    /// <summary>The handler's calls so far, in their order.</summary>
    public IReadOnlyList<ScriptedCall> Calls => [.. Lines("calls.jsonl").Select(line => JsonSerializer.Deserialize<ScriptedCall>(line)!)];

    /// <summary>The handler's starts so far.</summary>
    public IReadOnlyList<ScriptedStart> Started => [.. Lines("starts.jsonl").Select(line => JsonSerializer.Deserialize<ScriptedStart>(line)!)];

    /// <summary>Adds a function.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="trigger">Its trigger, JSON.</param>
    public ScriptedApp With(string name, string trigger)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        File.WriteAllText(Path.Combine(folder, name, "function.json"), $$"""{"bindings":[{{trigger}}]}""");
        return this;
    }

    /// <summary>Adds a function behind a queue.</summary>
    public ScriptedApp WithQueue(string name, string queue) => With(name, $$"""{"type":"queueTrigger","direction":"in","name":"msg","queueName":"{{queue}}"}""");

    /// <summary>Adds a function behind HTTP.</summary>
    public ScriptedApp WithHttp(string name, string route, params string[] methods) =>
        With(name, $$"""{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","route":"{{route}}","methods":{{JsonSerializer.Serialize(methods)}}}""");

    /// <summary>Reads the app as the host does.</summary>
    public FunctionApp Load() => FunctionApp.Load(folder, Settings(""));

    /// <summary>Starts a host for it.</summary>
    public Task<FunctionsHost> StartAsync(string connection, TimeSpan? lease = null, TimeProvider? time = null)
    {
        var settings = Settings(connection);
        return FunctionsHost.StartAsync(
            FunctionApp.Load(folder, settings), new FunctionsHostOptions(0, connection, lease ?? TimeSpan.FromMinutes(10), settings), time ?? TimeProvider.System, Log, TestContext.Current.CancellationToken);
    }

    /// <summary>Lets the calls and starts go on that wait for this.</summary>
    public void Release(string name) => File.WriteAllText(Path.Combine(folder, name), "");

    /// <summary>Waits until the handler was called so many times.</summary>
    public async Task<IReadOnlyList<ScriptedCall>> CalledAsync(int calls)
    {
        await Eventually.HoldsAsync($"{calls} calls", () => Calls.Count >= calls);
        return Calls;
    }

    /// <summary>Waits until the log says this.</summary>
    public Task LogsAsync(string text) => Eventually.HoldsAsync($"the log says '{text}'", () => LogText.Contains(text, StringComparison.Ordinal));

    /// <summary>App settings with these host settings and this script.</summary>
    public Dictionary<string, string> Settings(string connection)
    {
        var settings = HandlerSettings.For(connection, TimeSpan.FromMinutes(10));
        settings["SCRIPT_FOLDER"] = folder;
        settings["SCRIPT_STARTS"] = Starts;
        foreach (var (path, value) in HostSettings)
        {
            settings[$"AzureFunctionsJobHost__{path.Replace(":", "__", StringComparison.Ordinal)}"] = value;
        }

        return settings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Log.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private string[] Lines(string file) =>
        File.Exists(Path.Combine(folder, file)) ? ReadShared(file).Split('\n')[..^1] : [];

    private string ReadShared(string file)
    {
        using var stream = new FileStream(Path.Combine(folder, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
