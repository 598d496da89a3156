using System.Buffers.Binary;
using System.IO.Compression;

namespace IdcFunctions.LocalHost.Demo;

/// <summary>Writes a two-level pyramidal TIFF (TIFF 6.0, little-endian): tiles of 256 px, deflate, resolution in centimetres.</summary>
internal static class TiffPyramid
{
    private const int TileSide = 256;
    private const ushort Short = 3;
    private const ushort Long = 4;
    private const ushort Rational = 5;

    /// <summary>Writes the file.</summary>
    /// <param name="full">Level 0.</param>
    /// <param name="reduced">The reduced level.</param>
    /// <param name="spacingUmPx">Level 0's µm/px.</param>
    public static byte[] Write(Pixels full, Pixels reduced, double spacingUmPx)
    {
        using var file = new MemoryStream();
        file.Write([(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0]);
        var link = 4L;
        link = WriteLevel(file, link, full, spacingUmPx, isReduced: false);
        WriteLevel(file, link, reduced, spacingUmPx * full.Width / reduced.Width, isReduced: true);
        return file.ToArray();
    }

    /// <summary>Writes tiles and directory, links the directory at <paramref name="link"/>; returns where the next one is linked.</summary>
    private static long WriteLevel(MemoryStream file, long link, Pixels pixels, double spacingUmPx, bool isReduced)
    {
        var tiles = Tiles(pixels).Select(tile => Append(file, Deflate(tile))).ToList();
        var offsets = Append(file, Words([.. tiles.Select(tile => (uint)tile.Offset)]));
        var lengths = Append(file, Words([.. tiles.Select(tile => (uint)tile.Length)]));
        var bits = Append(file, [8, 0, 8, 0, 8, 0]);
        var resolution = Append(file, Words([(uint)Math.Round(10_000_000 / spacingUmPx), 1000]));
        (ushort Tag, ushort Type, uint Count, uint Value)[] entries =
        [
            (254, Long, 1, isReduced ? 1u : 0u),
            (256, Long, 1, (uint)pixels.Width),
            (257, Long, 1, (uint)pixels.Height),
            (258, Short, 3, (uint)bits.Offset),
            (259, Short, 1, 8),
            (262, Short, 1, 2),
            (277, Short, 1, 3),
            (282, Rational, 1, (uint)resolution.Offset),
            (283, Rational, 1, (uint)resolution.Offset),
            (284, Short, 1, 1),
            (296, Short, 1, 3),
            (322, Long, 1, TileSide),
            (323, Long, 1, TileSide),
            (324, Long, (uint)tiles.Count, (uint)offsets.Offset),
            (325, Long, (uint)tiles.Count, (uint)lengths.Offset),
        ];

        var directory = new byte[2 + (entries.Length * 12) + 4];
        BinaryPrimitives.WriteUInt16LittleEndian(directory, (ushort)entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = directory.AsSpan(2 + (i * 12));
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Count);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], entries[i].Value);
        }

        var place = Append(file, directory);
        file.Position = link;
        file.Write(Words([(uint)place.Offset]));
        file.Position = file.Length;
        return place.Offset + directory.Length - 4;
    }

    private static IEnumerable<byte[]> Tiles(Pixels pixels)
    {
        for (var top = 0; top < pixels.Height; top += TileSide)
        {
            for (var left = 0; left < pixels.Width; left += TileSide)
            {
                var tile = new byte[TileSide * TileSide * 3];
                for (var y = top; y < Math.Min(top + TileSide, pixels.Height); y++)
                {
                    for (var x = left; x < Math.Min(left + TileSide, pixels.Width); x++)
                    {
                        pixels.At(x, y).CopyTo(tile.AsSpan((((y - top) * TileSide) + x - left) * 3));
                    }
                }

                yield return tile;
            }
        }
    }

    private static byte[] Deflate(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            deflate.Write(content);
        }

        return compressed.ToArray();
    }

    private static byte[] Words(uint[] values)
    {
        var bytes = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), values[i]);
        }

        return bytes;
    }

    /// <summary>Appends at an even offset, as the format wants it.</summary>
    private static (long Offset, long Length) Append(MemoryStream file, byte[] content)
    {
        if (file.Length % 2 == 1)
        {
            file.WriteByte(0);
        }

        var offset = file.Length;
        file.Write(content);
        return (offset, content.Length);
    }
}
