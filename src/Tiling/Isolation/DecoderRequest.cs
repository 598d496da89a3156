using System.Collections.Immutable;
using System.Text.Json.Serialization;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>What a decoder is asked for.</summary>
[JsonDerivedType(typeof(Tile), "tile")]
[JsonDerivedType(typeof(Cut), "cut")]
[JsonDerivedType(typeof(CheckMask), "check-mask")]
[JsonDerivedType(typeof(Draw), "draw")]
[JsonDerivedType(typeof(MakePyramid), "make-pyramid")]
[JsonDerivedType(typeof(Levels), "levels")]
[JsonDerivedType(typeof(DrawCopy), "draw-copy")]
internal abstract record DecoderRequest
{
    /// <summary>To find a slide's tissue and cut it; the answer is a <see cref="TiledSlide"/>.</summary>
    /// <param name="Length">The slide's length in bytes.</param>
    /// <param name="Tiling">How it is to be read.</param>
    public sealed record Tile(long Length, TilingRequest Tiling) : DecoderRequest;

    /// <summary>To cut given cells; the answer is empty.</summary>
    /// <param name="Length">The slide's length in bytes.</param>
    /// <param name="Tiling">How it is to be read.</param>
    /// <param name="Cells">The cells, in grid order.</param>
    public sealed record Cut(long Length, TilingRequest Tiling, ImmutableArray<PlannedCell> Cells) : DecoderRequest;

    /// <summary>To say why a PNG can't be a slide's mask; the answer is a text, empty where it can.</summary>
    /// <param name="Png">The file.</param>
    /// <param name="SlideWidth">Level-0 width of the slide; null where it is not known yet.</param>
    /// <param name="SlideHeight">Level-0 height of the slide; null where it is not known yet.</param>
    public sealed record CheckMask(byte[] Png, long? SlideWidth, long? SlideHeight) : DecoderRequest;

    /// <summary>To draw a part of a slide; the answer is a JPEG.</summary>
    /// <param name="Length">Length in bytes of the TIFF that holds the part; it is asked for as a slide's bytes are.</param>
    /// <param name="Picture">What is to be drawn.</param>
    public sealed record Draw(long Length, PictureRequest Picture) : DecoderRequest;

    /// <summary>To make a pyramidal TIFF of a picture; the answer is empty.</summary>
    /// <param name="Length">The picture's length in bytes.</param>
    /// <param name="Slide">The slide's name, for errors.</param>
    /// <param name="Path">The file to write.</param>
    public sealed record MakePyramid(long Length, string Slide, string Path) : DecoderRequest;

    /// <summary>To tell the sizes of the levels of a slide that OpenSlide reads.</summary>
    /// <param name="Path">The copy.</param>
    /// <param name="Slide">The slide's name, for errors.</param>
    public sealed record Levels(string Path, string Slide) : DecoderRequest;

    /// <summary>To draw a part of a slide that OpenSlide reads; the answer is a JPEG.</summary>
    /// <param name="Path">The copy.</param>
    /// <param name="Region">The part.</param>
    /// <param name="Picture">What is to be drawn of it.</param>
    public sealed record DrawCopy(string Path, CopyRegion Region, PictureRequest Picture) : DecoderRequest;
}
