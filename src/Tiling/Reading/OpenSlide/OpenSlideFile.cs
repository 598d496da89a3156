using System.Globalization;
using System.Runtime.InteropServices;
using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading.OpenSlide;

/// <summary>A slide opened with OpenSlide.</summary>
internal sealed class OpenSlideFile : IDisposable
{
    private readonly nint handle;
    private readonly string slide;

    private OpenSlideFile(nint handle, string slide)
    {
        this.handle = handle;
        this.slide = slide;
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="Slides.SlideRefusedException">OpenSlide does not know it, or can't read it.</exception>
    public static OpenSlideFile Open(string path, string slide)
    {
        var handle = OpenSlideLibrary.Open(path);
        if (handle == 0)
        {
            throw SlideFailures.UnknownFormat(slide, "OpenSlide does not know its format.");
        }

        var file = new OpenSlideFile(handle, slide);
        try
        {
            file.ThrowIfFailed();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The vendor, e.g. <c>hamamatsu</c>.</summary>
    public string Vendor => Property("openslide.vendor") ?? "unknown";

    /// <summary>Level 0's µm/px; null where the slide states none.</summary>
    public MicronsPerPixel? Spacing =>
        Number("openslide.mpp-x") is { } x && Number("openslide.mpp-y") is { } y && MicronsPerPixel.IsPlausible(x) && MicronsPerPixel.IsPlausible(y)
            ? new MicronsPerPixel(x, y)
            : null;

    /// <summary>Where the part with content begins in level-0 pixels; (0, 0) where the slide states no bounds.</summary>
    public (long X, long Y) Bounds => ((long)(Number("openslide.bounds-x") ?? 0), (long)(Number("openslide.bounds-y") ?? 0));

    /// <summary>The levels, finest first.</summary>
    public List<SlideLevel> Levels()
    {
        var levels = new List<SlideLevel>();
        for (var i = 0; i < OpenSlideLibrary.GetLevelCount(handle); i++)
        {
            OpenSlideLibrary.GetLevelDimensions(handle, i, out var width, out var height);
            levels.Add(i == 0
                ? SlideLevel.Full(width, height, null)
                : SlideLevel.Reduced(levels[0], width, height, null)
                    ?? new SlideLevel(width, height, (double)levels[0].Width / width, (double)levels[0].Height / height, null));
        }

        ThrowIfFailed();
        return levels;
    }

    /// <summary>A whole level: 32-bit ARGB, premultiplied, row by row.</summary>
    public uint[] Read(int level, int width, int height) => Read(level, 0, 0, width, height);

    /// <summary>A part of a level, as <see cref="Read(int, int, int)"/>; <paramref name="x"/> and <paramref name="y"/> in level-0 pixels.</summary>
    public uint[] Read(int level, long x, long y, int width, int height)
    {
        var argb = new uint[width * height];
        OpenSlideLibrary.ReadRegion(handle, argb, x, y, level, width, height);
        ThrowIfFailed();
        return argb;
    }

    /// <inheritdoc/>
    public void Dispose() => OpenSlideLibrary.Close(handle);

    private double? Number(string property) =>
        double.TryParse(Property(property), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private string? Property(string name) => Marshal.PtrToStringUTF8(OpenSlideLibrary.GetPropertyValue(handle, name));

    private void ThrowIfFailed()
    {
        if (Marshal.PtrToStringUTF8(OpenSlideLibrary.GetError(handle)) is { } error)
        {
            throw SlideFailures.Damaged(slide, $"OpenSlide says: {error}");
        }
    }
}
