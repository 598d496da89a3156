using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// The body that the Functions host posts to a custom handler: <c>{"Data": {binding: value}, "Metadata": {…}}</c>,
/// compact, non-ASCII letters as they are; strings and numbers at the top are the JSON text of their value.
/// </summary>
public static class InvocationEnvelope
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The envelope of a queue's message.</summary>
    public static byte[] OfQueue(QueueTrigger trigger, QueueMessage message, DateTimeOffset now)
    {
        var text = message.MessageText;
        var metadata = new Dictionary<string, JsonNode?>(StringComparer.OrdinalIgnoreCase)
        {
            ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
            ["ExpirationTime"] = Seconds(message.ExpiresOn),
            ["Id"] = Quote(message.MessageId),
            ["InsertionTime"] = Seconds(message.InsertedOn),
            ["NextVisibleTime"] = Seconds(message.NextVisibleOn),
            ["PopReceipt"] = Quote(message.PopReceipt),
            ["sys"] = System(trigger.Function, now),
        };
        Merge(text, metadata);
        return Serialize(trigger.Binding, Quote(text), new JsonObject(metadata));
    }

    /// <summary>The envelope of a timer. It is never past due: this host keeps no status over a stop.</summary>
    /// <param name="trigger">The timer.</param>
    /// <param name="last">When it fired last; null for the first time.</param>
    /// <param name="next">The time of its schedule that it fires for, or, fired at start, the first to come.</param>
    /// <param name="now">The time.</param>
    public static byte[] OfTimer(TimerTrigger trigger, DateTimeOffset? last, DateTimeOffset next, DateTimeOffset now)
    {
        var timer = new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = !trigger.IsMonitored(now) ? null : new JsonObject
            {
                ["Last"] = RoundTrip(last ?? DateTimeOffset.MinValue),
                ["Next"] = RoundTrip(next),
                ["LastUpdated"] = RoundTrip(last ?? DateTimeOffset.MinValue),
            },
            ["IsPastDue"] = false,
        };
        return Serialize(trigger.Binding, timer, new JsonObject { ["sys"] = System(trigger.Function, now) });
    }

    private static byte[] Serialize(string binding, JsonNode value, JsonObject metadata) =>
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["Data"] = new JsonObject { [binding] = value }, ["Metadata"] = metadata }, Compact);

    /// <summary>
    /// A message that is a JSON object puts its properties, but for nulls and arrays, over the host's own: this is how
    /// Metadata can be forged. Of two properties with one name the later one counts; text that no JSON reader takes is no object.
    /// </summary>
    private static void Merge(string text, Dictionary<string, JsonNode?> metadata)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var properties = json.RootElement.ValueKind == JsonValueKind.Object
                ? json.RootElement.EnumerateObject().Select(property => (property.Name, Value: ToMetadata(property.Value))).ToList()
                : [];
            foreach (var (name, value) in properties.Where(property => property.Value is not null
                && !property.Name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase)))
            {
                metadata[name] = value;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
        }
    }

    private static JsonNode? ToMetadata(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value.Clone()),
        JsonValueKind.Null or JsonValueKind.Array => null,
        _ => Quote(value.ToString()),
    };

    private static JsonObject System(string function, DateTimeOffset now) => new()
    {
        ["MethodName"] = function,
        ["UtcNow"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        ["RandGuid"] = Guid.NewGuid().ToString(),
    };

    private static string Quote(string text) => JsonSerializer.Serialize(text, Compact);

    private static string? Seconds(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static string RoundTrip(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}
