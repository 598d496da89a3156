using System.Buffers;
using NetVips;

namespace IdcFunctions.Tiling.Reading.Pixels;

/// <summary>An image's pixels where libvips decoded them: a copy for the garbage collector would double a slide's memory.</summary>
internal sealed unsafe class NativePixels : MemoryManager<byte>
{
    private readonly int length;
    private nint pixels;

    private NativePixels(nint pixels, int length)
    {
        this.pixels = pixels;
        this.length = length;
    }

    /// <summary>Decodes an image.</summary>
    /// <exception cref="VipsException">It can't be decoded.</exception>
    public static NativePixels Decode(Image image) => new(image.WriteToMemory(out var size), checked((int)size));

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new((void*)pixels, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)pixels + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        NetVips.NetVips.Free(pixels);
        pixels = 0;
    }
}
