using System.IO.Compression;
using NetVips;

namespace IdcFunctions.Fixtures;

/// <summary>How a synthetic slide is written as a TIFF.</summary>
public sealed record SyntheticTiff
{
    /// <summary>Reductions of the levels, full resolution first. Sizes are cut to whole pixels, as scanners do.</summary>
    public IReadOnlyList<int> Downsamples { get; init; } = [1, 4, 16];

    /// <summary>Compression of all levels.</summary>
    public TiffCompression Compression { get; init; } = TiffCompression.Deflate;

    /// <summary>True for BigTIFF.</summary>
    public bool IsBig { get; init; }

    /// <summary>A tile's side in pixels, a multiple of 16.</summary>
    public int TileSide { get; init; } = 256;

    /// <summary>True for one strip in place of tiles.</summary>
    public bool IsStriped { get; init; }

    /// <summary>True where the smaller levels are sub-images of the first page (OME-TIFF), false for pages.</summary>
    public bool HasSubImages { get; init; }

    /// <summary>The text of tag 270; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>The TIFF resolution as µm/px along x and y, written per centimetre; null for none.</summary>
    public (double X, double Y)? ResolutionUmPx { get; init; }

    /// <summary>The TIFF resolution in dots an inch; null for none.</summary>
    public uint? DotsPerInch { get; init; }

    /// <summary>An Aperio-like description that states µm/px.</summary>
    public static string Aperio(double mpp) =>
        FormattableString.Invariant($"Aperio Image Library v11.2.1 \r\n46000x32914 [0,100 46000x32814] (256x256) JPEG/RGB Q=30|AppMag = 40|MPP = {mpp:0.######}|Left = 25.6");

    /// <summary>An OME-XML description that states µm/px along both axes.</summary>
    public static string Ome(double x, double y) =>
        FormattableString.Invariant($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" PhysicalSizeX=\"{x:0.######}\" PhysicalSizeXUnit=\"µm\" PhysicalSizeY=\"{y:0.######}\" PhysicalSizeYUnit=\"µm\" SizeC=\"3\"/></Image></OME>");

    /// <summary>Encodes the slide.</summary>
    public byte[] Encode(SyntheticSlide slide) => TiffBytes.Write(Pages(slide), IsBig);

    /// <summary>The slide's directories, to be changed before they are written.</summary>
    public IReadOnlyList<TiffPage> Pages(SyntheticSlide slide)
    {
        var pages = Downsamples.Select((downsample, i) => Page(downsample == 1 ? slide : slide.Reduce(downsample), i == 0)).ToList();
        return HasSubImages ? [pages[0] with { SubImages = pages[1..] }] : pages;
    }

    private TiffPage Page(SyntheticSlide level, bool isFirst)
    {
        List<TiffEntry> entries =
        [
            new(254, 4, isFirst ? 0UL : 1UL),
            new(256, 4, (ulong)level.Width),
            new(257, 4, (ulong)level.Height),
            new(258, 3, 8, 8, 8),
            new(259, 3, (ulong)Compression),
            new(262, 3, Compression == TiffCompression.Jpeg ? 6UL : 2UL),
            new(277, 3, 3),
            new(284, 3, 1),
        ];
        if (Compression == TiffCompression.Jpeg)
        {
            entries.Add(new TiffEntry(530, 3, 2, 2));
        }

        if (isFirst && Description is { } description)
        {
            entries.Add(TiffEntry.Text(270, description));
        }

        if (ResolutionUmPx is { } spacing)
        {
            entries.AddRange([Rational(282, 1e4 / spacing.X), Rational(283, 1e4 / spacing.Y), new TiffEntry(296, 3, 3)]);
        }
        else if (DotsPerInch is { } dots)
        {
            entries.AddRange([new TiffEntry(282, 5, dots, 1), new TiffEntry(283, 5, dots, 1), new TiffEntry(296, 3, 2)]);
        }

        if (IsStriped)
        {
            entries.Add(new TiffEntry(278, 4, (ulong)level.Height));
            return new TiffPage(entries, [Compress(level)], false);
        }

        entries.AddRange([new TiffEntry(322, 4, (ulong)TileSide), new TiffEntry(323, 4, (ulong)TileSide)]);
        var tiles = new List<byte[]>();
        for (var y = 0; y < level.Height; y += TileSide)
        {
            for (var x = 0; x < level.Width; x += TileSide)
            {
                tiles.Add(Compress(level.Crop(x, y, TileSide, TileSide)));
            }
        }

        return new TiffPage(entries, tiles, true);
    }

    /// <summary>The number as a fraction to about nine digits.</summary>
    private static TiffEntry Rational(int tag, double value)
    {
        var denominator = (ulong)Math.Min(1_000_000, uint.MaxValue / Math.Max(value, 1));
        return new TiffEntry(tag, 5, (ulong)Math.Round(value * denominator), denominator);
    }

    private byte[] Compress(SyntheticSlide pixels)
    {
        switch (Compression)
        {
            case TiffCompression.Jpeg:
                using (var image = pixels.ToImage())
                {
                    return image.JpegsaveBuffer(q: 90, subsampleMode: Enums.ForeignSubsample.On, keep: Enums.ForeignKeep.None);
                }

            case TiffCompression.Deflate:
                using (var compressed = new MemoryStream())
                {
                    using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        zlib.Write(pixels.Bytes);
                    }

                    return compressed.ToArray();
                }

            default:
                return pixels.Bytes;
        }
    }
}
