using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

// A custom handler that does what its script says. Setting SCRIPT_STARTS says how it starts, SCRIPT_FOLDER where it keeps
// what happened; a message's text says how its call ends. A script is a list of steps divided by ';': start or
// delivery N takes step N, the last one is repeated.
var folder = Environment.GetEnvironmentVariable("SCRIPT_FOLDER")!;
var gate = new Lock();
var running = 0;

var startsFile = Path.Combine(folder, "starts.jsonl");
var start = File.Exists(startsFile) ? File.ReadLines(startsFile).Count() + 1 : 1;
Append("starts.jsonl", new
{
    Start = start,
    Process = Environment.ProcessId,
    Folder = Environment.CurrentDirectory,
    Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value),
});
Console.WriteLine($"start {start}");
switch (Step(Environment.GetEnvironmentVariable("SCRIPT_STARTS") ?? "ok", start))
{
    case ["exit", var code]:
        Console.Error.WriteLine($"start {start} ends");
        return int.Parse(code, CultureInfo.InvariantCulture);
    case ["idle"]:
        // Runs without listening.
        await Task.Delay(Timeout.Infinite);
        break;
    case ["after", var file]:
        await WaitForAsync(file);
        break;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT")!, CultureInfo.InvariantCulture)));
var app = builder.Build();
app.MapPost("/{function}", async (string function, HttpContext context) =>
{
    using var envelope = await JsonDocument.ParseAsync(context.Request.Body);
    var metadata = envelope.RootElement.GetProperty("Metadata");
    var (name, value) = envelope.RootElement.GetProperty("Data").EnumerateObject().Select(binding => (binding.Name, binding.Value)).Single();

    // A timer has no text: one that is to fail is bound to this name.
    var text = value.ValueKind == JsonValueKind.String ? JsonSerializer.Deserialize<string>(value.GetString()!)! : name == "fails" ? "status 500" : "ok";
    var delivery = metadata.TryGetProperty("DequeueCount", out var count) ? int.Parse(count.GetString()!, CultureInfo.InvariantCulture) : 1;
    var now = Interlocked.Increment(ref running);
    Append("calls.jsonl", new { Start = start, Function = function, Text = text, DequeueCount = delivery, Running = now, Value = value.Clone() });
    try
    {
        await AnswerAsync(context.Response, Step(text, delivery));
    }
    finally
    {
        Interlocked.Decrement(ref running);
    }
});
app.MapGet("/http/{*script}", (string script, HttpContext context) => AnswerAsync(context.Response, Step(script, 1)));
await app.RunAsync();
return 0;

static string[] Step(string script, int number)
{
    var steps = script.Split(';', StringSplitOptions.TrimEntries);
    return steps[Math.Min(number, steps.Length) - 1].Split(' ');
}

async Task AnswerAsync(HttpResponse response, string[] step)
{
    switch (step)
    {
        case ["status", var status]:
            response.StatusCode = int.Parse(status, CultureInfo.InvariantCulture);
            return;
        case ["body", .. var body]:
            response.ContentType = "application/json";
            await response.WriteAsync(string.Join(' ', body));
            return;
        case ["text"]:
            response.ContentType = "text/plain";
            await response.WriteAsync("{}");
            return;
        case ["hang"]:
            await Task.Delay(Timeout.Infinite);
            return;
        case ["wait", var file]:
            await WaitForAsync(file);
            break;
        case ["exit", var code]:
            Environment.Exit(int.Parse(code, CultureInfo.InvariantCulture));
            return;
        case ["child", var code]:
            // The child keeps this process's standard output open beyond its end.
            using (Process.Start("sleep", "30"))
            {
                Environment.Exit(int.Parse(code, CultureInfo.InvariantCulture));
            }

            return;
    }

    response.ContentType = "application/json";
    await response.WriteAsync("{}");
}

async Task WaitForAsync(string file)
{
    while (!File.Exists(Path.Combine(folder, file)))
    {
        await Task.Delay(20);
    }
}

void Append(string file, object line)
{
    lock (gate)
    {
        File.AppendAllText(Path.Combine(folder, file), JsonSerializer.Serialize(line) + "\n");
    }
}
