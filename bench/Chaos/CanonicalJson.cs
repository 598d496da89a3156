using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IdcFunctions.Bench.Chaos;

/// <summary>JSON without what may differ between two runs of the same work.</summary>
internal static partial class CanonicalJson
{
    /// <summary>Times, counters of work done, the ids of requests and of GeoJSON's features, which follow from the run's, and hashes of exports, which hold such ids and are compared themselves.</summary>
    private static readonly ImmutableHashSet<string> Dropped = ["uploaded", "decided", "completed", "seconds", "bytesRead", "gets", "attempts", "cost", "id", "traceId", "exportsSha256"];

    /// <summary>What can be a run's id, an upload's row or an ETag.</summary>
    [GeneratedRegex("upload-[0-9a-f]{16}|0x[0-9A-F]{8,}|(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")]
    public static partial Regex Ids();

    /// <summary>The document; null where the bytes are no JSON object.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="alsoDropped">Properties left out beside those that always are.</param>
    public static string? Of(byte[] content, ImmutableHashSet<string> alsoDropped)
    {
        try
        {
            return JsonNode.Parse(content) is JsonObject document ? Strip(document, Dropped.Union(alsoDropped))!.ToJsonString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode? Strip(JsonNode? node, ImmutableHashSet<string> dropped) => node switch
    {
        JsonObject of => new JsonObject(of.Where(property => !dropped.Contains(property.Key)).Select(property => KeyValuePair.Create(property.Key, Strip(property.Value, dropped)))),
        JsonArray of => new JsonArray([.. of.Select(item => Strip(item, dropped))]),
        _ => node?.DeepClone(),
    };
}
