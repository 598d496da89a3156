using System.Buffers.Binary;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Viewing;

namespace IdcFunctions.Tiling.Tests.Viewing;

public sealed class ViewedFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    [Fact]
    public void A_picture_of_more_pixels_than_are_tiled_is_not_made_a_pyramid_of_either()
    {
        var png = SyntheticSlide.OfGlass(200, 200).ToPng();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 300_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 300_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), System.IO.Hashing.Crc32.HashToUInt32(png.AsSpan(12, 17)));
        var path = Path.Combine(folder, "pyramid.tif");

        var refused = Assert.Throws<SlideRefusedException>(() => ViewedFiles.MakePyramid(new MemoryRangeSource(png), "a.png", path));

        Assert.Equal("slide-too-large", refused.Failure.Code);
        Assert.False(File.Exists(path));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
