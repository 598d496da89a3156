using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// The body of a transaction that inserts or replaces rows of table <c>Patches</c>, written into a buffer that is used again:
/// nothing is allocated for a row. Byte for byte what the SDK's client sends, but for the names of the boundaries.
/// </summary>
/// <param name="service">The table service's address.</param>
public sealed class PatchTransactionBody(Uri service)
{
    /// <summary>The version of the service's protocol, as the SDK has it.</summary>
    public const string ServiceVersion = "2020-12-06";

    /// <summary>The media type, with the boundary.</summary>
    public const string ContentType = "multipart/mixed; boundary=batch_patches";

    private readonly ArrayBufferWriter<byte> buffer = new(64 * 1024);
    private readonly string table = $"{service.AbsoluteUri.TrimEnd('/')}/{Tables.Patches}";
    private readonly byte[] headers = Encoding.UTF8.GetBytes(
        "')?$format=application%2Fjson%3Bodata%3Dminimalmetadata HTTP/1.1\r\n"
        + $"Host: {service.Host}\r\n"
        + $"x-ms-version: {ServiceVersion}\r\n"
        + "DataServiceVersion: 3.0\r\n"
        + "Accept: application/json\r\n"
        + "Content-Type: application/json\r\n\r\n");

    /// <summary>Writes patches in place of what was written before.</summary>
    /// <param name="partition">Their partition.</param>
    /// <param name="scores">The patches.</param>
    /// <param name="plan">Their run's plan.</param>
    /// <returns>The body, until the next call.</returns>
    public ReadOnlyMemory<byte> Write(string partition, ReadOnlySpan<PatchScore> scores, TilingPlan plan)
    {
        var row = Encoding.UTF8.GetBytes($"PUT {table}(PartitionKey='{Uri.EscapeDataString(partition)}',RowKey='");
        var partitionKey = JsonEncodedText.Encode(partition);
        Span<byte> key = stackalloc byte[PatchCell.KeyLength];
        var (grid, isOriented) = (plan.Grid, plan.Settings.AllOrientations);
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer);
        buffer.Write("--batch_patches\r\nContent-Type: multipart/mixed; boundary=changeset_patches\r\n\r\n"u8);
        foreach (var score in scores)
        {
            score.Cell.WriteKey(key);
            buffer.Write("--changeset_patches\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8);
            buffer.Write(row);
            buffer.Write(key);
            buffer.Write(headers);
            json.Reset();
            WriteRow(json, partitionKey, key, score, grid.RegionOf(score.Cell), isOriented);
            buffer.Write("\r\n"u8);
        }

        buffer.Write("--changeset_patches--\r\n\r\n--batch_patches--\r\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteRow(
        Utf8JsonWriter json, JsonEncodedText partitionKey, ReadOnlySpan<byte> key, PatchScore score, PixelRegion region, bool isOriented)
    {
        json.WriteStartObject();
        json.WriteString("PartitionKey"u8, partitionKey);
        json.WriteString("RowKey"u8, key);
        json.WriteNumber("Probability"u8, (double)score.Probability);
        json.WriteString("Probability@odata.type"u8, "Edm.Double"u8);
        if (isOriented)
        {
            json.WriteNumber("Spread"u8, (double)score.Spread);
            json.WriteString("Spread@odata.type"u8, "Edm.Double"u8);
        }
        else
        {
            json.WriteNull("Spread"u8);
        }

        WriteLong(json, "MinX"u8, "MinX@odata.type"u8, region.MinX);
        WriteLong(json, "MinY"u8, "MinY@odata.type"u8, region.MinY);
        WriteLong(json, "Width"u8, "Width@odata.type"u8, region.Width);
        WriteLong(json, "Height"u8, "Height@odata.type"u8, region.Height);
        json.WriteNumber("Qualities"u8, (int)score.Qualities);
        json.WriteEndObject();
        json.Flush();
    }

    private static void WriteLong(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> type, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        json.WriteString(name, digits[..length]);
        json.WriteString(type, "Edm.Int64"u8);
    }
}
