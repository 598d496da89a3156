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

    /// <summary>The envelope of a timer.</summary>
    public static byte[] OfTimer(TimerTrigger trigger, DateTimeOffset? last, DateTimeOffset next, DateTimeOffset now)
    {
        var timer = new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = new JsonObject
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

    /// <summary>A message that is a JSON object puts its properties, but for nulls and arrays, over the host's own: this is how Metadata can be forged.</summary>
    private static void Merge(string text, Dictionary<string, JsonNode?> metadata)
    {
        JsonObject? properties;
        try
        {
            properties = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return;
        }

        foreach (var (name, value) in properties ?? [])
        {
            switch (value)
            {
                case JsonObject nested:
                    metadata[name] = nested.DeepClone();
                    break;
                case JsonValue scalar:
                    metadata[name] = Quote(scalar.ToString());
                    break;
            }
        }
    }

    private static JsonObject System(string function, DateTimeOffset now) => new()
    {
        ["MethodName"] = function,
        ["UtcNow"] = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["RandGuid"] = Guid.NewGuid().ToString(),
    };

    private static string Quote(string text) => JsonSerializer.Serialize(text, Compact);

    private static string? Seconds(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static string RoundTrip(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}
