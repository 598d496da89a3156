using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>An HTTP/1.1 message as it is on the wire; a chunked body is put together.</summary>
/// <param name="Line">Request or status line.</param>
/// <param name="Headers">Headers in their order and spelling.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpText(string Line, ImmutableArray<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A message of the real Functions host. Its body was put together when it was recorded.</summary>
    public static HttpText Recorded(string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Recorded", file));
        var end = EndOfHead(bytes, out var length);
        return ParseHead(bytes.AsSpan(0, end)) with { Body = bytes[(end + length)..] };
    }

    /// <summary>Reads one message; null where the connection ends before one begins.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="endsWithConnection">True for answers, whose body may last until the connection ends.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<HttpText?> ReadAsync(Stream stream, bool endsWithConnection, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var message = ParseHead([.. head[..^4]]);
        if (message.Find("Transfer-Encoding") == "chunked")
        {
            return message with { Body = await ReadChunksAsync(stream, cancellationToken) };
        }

        if (message.Find("Content-Length") is { } length && !endsWithConnection)
        {
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, cancellationToken);
            return message with { Body = body };
        }

        if (!endsWithConnection || message.Find("Content-Length") == "0")
        {
            return message;
        }

        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest, cancellationToken);
        return message with { Body = rest.ToArray() };
    }

    /// <summary>A header's value; null where it is missing.</summary>
    public string? Find(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Line and headers, "*" for what is another in each request.</summary>
    public IEnumerable<string> ComparableHead() =>
        Headers.Select(header => header.Name is "X-Azure-Functions-InvocationId" or "traceparent" ? $"{header.Name}: *"
            : header is { Name: "Host", Value: var host } && host != "127.0.0.1:7171" ? "Host: *"
            : $"{header.Name}: {header.Value}").Prepend(Line);

    private static async Task<byte[]> ReadChunksAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one, cancellationToken);
                line.Append((char)one[0]);
            }

            var chunk = new byte[int.Parse(line.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 2];
            await stream.ReadExactlyAsync(chunk, cancellationToken);
            body.Write(chunk.AsSpan(0, chunk.Length - 2));
            if (chunk.Length == 2)
            {
                return body.ToArray();
            }
        }
    }

    private static int EndOfHead(ReadOnlySpan<byte> bytes, out int length)
    {
        var windows = bytes.IndexOf("\r\n\r\n"u8);
        var unix = bytes.IndexOf("\n\n"u8);
        var isWindows = windows >= 0 && (unix < 0 || windows < unix);
        length = isWindows ? 4 : 2;
        return isWindows ? windows : unix;
    }

    private static HttpText ParseHead(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.ASCII.GetString(head).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new HttpText(lines[0], [.. lines[1..].Select(line => line.Split(": ", 2)).Select(parts => (parts[0].TrimEnd(':'), parts.Length > 1 ? parts[1] : ""))], []);
    }
}
