using System.Text;
using System.Text.Json;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// What the Functions host posts for a queue trigger: <c>{"Data": {"message": text}, "Metadata": {…}}</c>, the text
/// encoded as JSON twice. Metadata can be forged by whoever writes to the queue, so nothing here reads it.
/// </summary>
public static class QueueEnvelope
{
    /// <summary>The trigger binding's name in every <c>function.json</c> of this app.</summary>
    public const string Binding = "message";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the message's text: plain JSON as it is, Base64 decoded (Event Grid has sent both).</summary>
    /// <exception cref="InvalidDataException">The body is no envelope.</exception>
    public static async Task<string> ReadMessageAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var envelope = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return Decode(envelope.RootElement.GetProperty("Data").GetProperty(Binding));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"The request is no envelope of the Functions host with Data.{Binding}.", exception);
        }
    }

    private static string Decode(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return value.GetRawText();
        }

        var text = value.GetString()!;
        try
        {
            using var inner = JsonDocument.Parse(text);
            text = inner.RootElement.ValueKind == JsonValueKind.String ? inner.RootElement.GetString()! : text;
        }
        catch (JsonException)
        {
            // Rules 1 and 2 of the contract send some values as plain strings: the text is the message itself.
        }

        return text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal) ? text : FromBase64(text) ?? text;
    }

    private static string? FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return null;
        }

        try
        {
            return StrictUtf8.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
