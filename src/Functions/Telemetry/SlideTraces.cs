using System.Diagnostics;
using System.Text.Json;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides;

namespace IdcFunctions.Functions.Telemetry;

/// <summary>
/// One trace from an uploaded slide's event to its result, across queues: each of our own messages names the span that
/// sent it (W3C <c>traceparent</c>), and the function that gets it goes on there. Spans carry <c>slide_ref</c> and run,
/// never a name; requests have no spans, since their addresses hold names.
/// </summary>
public sealed class SlideTraces(SlideRefs refs)
{
    /// <summary>The name of the source of all spans.</summary>
    public const string SourceName = "IdcFunctions";

    private const string Property = "traceparent";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The running span's <c>traceparent</c>, for a message that is sent in it; null where nobody listens to traces.</summary>
    public static string? Current => Activity.Current is { Source.Name: SourceName } span ? span.Id : null;

    /// <summary>Begins a function's span, in the trace that its message names.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="message">The message's text; null for a timer.</param>
    public Activity? Start(string function, string? message)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        // Not below the request by which the host handed the message over.
        Activity.Current = null;
        var span = Source.StartActivity(function, ActivityKind.Consumer, message is null ? default : ReadParent(message));
        switch (message is null ? null : QueueMessages.Read(message))
        {
            case QueueMessage.SlideEvent uploaded:
                span?.SetTag("slide_ref", refs.Of(SlideId.FromName(uploaded.Name)));
                break;
            case QueueMessage.OfRun of:
                span?.SetTag("slide_ref", refs.Of(of.Slide)).SetTag("run", of.Run.Value).SetTag("batch", of.Batch);
                break;
        }

        return span;
    }

    private static ActivityContext ReadParent(string message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty(Property, out var parent)
                && parent.ValueKind == JsonValueKind.String
                && ActivityContext.TryParse(parent.GetString(), null, isRemote: true, out var context)
                ? context
                : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
