using System.Collections.Immutable;
using System.Text.Json;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// A function app's root folder as the Functions host reads it: <c>host.json</c>, over which settings named
/// <c>AzureFunctionsJobHost__section__key</c> go, and one folder with a <c>function.json</c> a function.
/// </summary>
/// <param name="Root">The folder; the handler's working directory.</param>
/// <param name="Executable">Full path of the handler, or a program on the PATH.</param>
/// <param name="Arguments">The handler's arguments.</param>
/// <param name="InitializationTimeout">How long the handler may take to answer <c>GET /</c>.</param>
/// <param name="FunctionTimeout">How long one invocation may take before everything in the handler is killed.</param>
/// <param name="Queues">How queues are polled.</param>
/// <param name="QueueTriggers">The functions behind queues.</param>
/// <param name="TimerTriggers">The functions behind timers.</param>
/// <param name="HttpTriggers">The functions behind HTTP routes, the host's prefix in front.</param>
public sealed record FunctionApp(
    string Root,
    string Executable,
    ImmutableArray<string> Arguments,
    TimeSpan InitializationTimeout,
    TimeSpan FunctionTimeout,
    QueueSettings Queues,
    ImmutableArray<QueueTrigger> QueueTriggers,
    ImmutableArray<TimerTrigger> TimerTriggers,
    ImmutableArray<HttpTrigger> HttpTriggers)
{
    private const string SettingPrefix = "AzureFunctionsJobHost__";
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Reads a function app.</summary>
    /// <param name="root">Its root folder.</param>
    /// <param name="settings">The app's settings: those that override <c>host.json</c> are used.</param>
    /// <exception cref="InvalidDataException">It has no <c>host.json</c>, no handler, or a function that this host does not know.</exception>
    public static FunctionApp Load(string root, IReadOnlyDictionary<string, string> settings)
    {
        var file = Path.Combine(root, "host.json");
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{root} is no function app: it has no host.json. Publish src/Functions there.");
        }

        var host = new ConfigurationBuilder()
            .AddJsonFile(Path.GetFullPath(file))
            .AddInMemoryCollection(settings
                .Where(setting => setting.Key.StartsWith(SettingPrefix, StringComparison.OrdinalIgnoreCase))
                .Select(setting => KeyValuePair.Create(
                    setting.Key[SettingPrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                    (string?)setting.Value)))
            .Build();
        var handler = host.GetSection("customHandler");
        var executable = handler["description:defaultExecutablePath"]
            ?? throw new InvalidDataException($"{file} names no customHandler.description.defaultExecutablePath.");
        var beside = Path.GetFullPath(Path.Combine(root, executable));
        var prefix = host["extensions:http:routePrefix"] ?? "api";
        var bindings = ReadBindings(root);
        return new FunctionApp(
            Path.GetFullPath(root),
            File.Exists(beside) ? beside : executable,
            [.. handler.GetSection("description:arguments").GetChildren().Select(argument => argument.Value ?? "")],
            handler.Duration("initializationTimeout", TimeSpan.FromSeconds(30), ShortestTimeout),
            host.Duration("functionTimeout", TimeSpan.FromMinutes(30), ShortestTimeout),
            QueueSettings.Read(host.GetSection("extensions:queues")),
            [.. bindings.Where(binding => binding.Type == "queueTrigger").Select(QueueTrigger.Read)],
            [.. bindings.Where(binding => binding.Type == "timerTrigger").Select(TimerTrigger.Read)],
            [.. bindings.Where(binding => binding.Type == "httpTrigger").Select(binding => HttpTrigger.Read(binding, prefix))]);
    }

    private static ImmutableArray<TriggerBinding> ReadBindings(string root)
    {
        var bindings = ImmutableArray.CreateBuilder<TriggerBinding>();
        foreach (var folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(folder, "function.json");
            if (!File.Exists(file))
            {
                continue;
            }

            using var document = Parse(file);
            var trigger = document.RootElement.GetProperty("bindings").EnumerateArray()
                .FirstOrDefault(binding => binding.GetProperty("type").GetString()!.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase));
            var type = trigger.ValueKind == JsonValueKind.Object ? trigger.GetProperty("type").GetString()! : "none";
            bindings.Add(type is "queueTrigger" or "timerTrigger" or "httpTrigger"
                ? new TriggerBinding(Path.GetFileName(folder), type, trigger.Clone())
                : throw new InvalidDataException(
                    $"{file}: this host knows queueTrigger, timerTrigger and httpTrigger; the trigger here is '{type}'."));
        }

        return bindings.ToImmutable();
    }

    private static JsonDocument Parse(string file)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("bindings", out var bindings)
                && bindings.ValueKind == JsonValueKind.Array
                    ? document
                    : throw new InvalidDataException($"{file} has no bindings.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is no JSON: {exception.Message}");
        }
    }
}
