using System.Globalization;
using System.IO.Compression;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Reading.OpenSlide;
using IdcFunctions.Tiling.Reading.Pixels;
using IdcFunctions.Tiling.Reduction;
using NetVips;

namespace IdcFunctions.Tiling.Tests;

public sealed class RealSlideTests
{
    private static TilingRequest Request(string name, double? spacing = null) => new(name, spacing, 4, 50, 50, null, false, "box", 0.05);

    private static async Task<CollectedSlide> OpenAsync(string file, double? spacing = null) =>
        await CollectedSlide.OpenAsync(
            new MemoryRangeSource(await File.ReadAllBytesAsync(SharedData.Require("data/slides/" + file), TestContext.Current.CancellationToken)),
            Request(file, spacing),
            TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_patch_at_a_labels_place_equals_the_data_sets_patch_byte_for_byte()
    {
        var tiled = await OpenAsync("idc-8867.tif");
        using var zip = ZipFile.OpenRead(SharedData.Require("data/idc-patches.zip"));
        var patches = zip.Entries.Where(entry => entry.Name.StartsWith("8867_", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(patches);

        foreach (var entry in patches)
        {
            var parts = entry.Name.Split('_');
            var (x, y) = (int.Parse(parts[2].AsSpan(1), CultureInfo.InvariantCulture), int.Parse(parts[3].AsSpan(1), CultureInfo.InvariantCulture));
            using var content = new MemoryStream();
            await using var stream = await entry.OpenAsync(TestContext.Current.CancellationToken);
            await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
            using var image = Image.NewFromBuffer(content.ToArray());
            if (image.Width != 50 || image.Height != 50)
            {
                continue;
            }

            var cut = new byte[7500];
            tiled.Cut([new PlannedCell((y - 1) / 50, (x - 1) / 50, PatchQualities.None)], cut);
            Assert.Equal(image.WriteToMemory<byte>(), cut);
        }
    }

    [Fact]
    public async Task No_labelled_patch_is_lost_to_the_tissue_mask_and_white_cells_are_left_out()
    {
        var tiled = await OpenAsync("idc-8867.tif");
        var labels = (await File.ReadAllLinesAsync(SharedData.Require("data/slides/idc-8867-labels.csv"), TestContext.Current.CancellationToken))
            .Skip(1).Select(line => line.Split(',')).Select(parts => (MinX: long.Parse(parts[0], CultureInfo.InvariantCulture), MinY: long.Parse(parts[1], CultureInfo.InvariantCulture)));
        var planned = tiled.TissueCells.Select(cell => tiled.Grid.RegionOf(cell.Cell)).Select(region => (region.MinX, region.MinY)).ToHashSet();

        Assert.DoesNotContain(labels, label => !planned.Contains(label));
        Assert.True(planned.Count < tiled.Grid.Rows * tiled.Grid.Columns, "Some cells are white.");
    }

    [Fact]
    public async Task An_aperio_slide_of_one_level_is_read_at_its_own_spacing()
    {
        var tiled = await OpenAsync("CMU-1-Small-Region.svs");

        Assert.Equal("aperio", tiled.Properties.Format);
        Assert.Equal(0.499, tiled.Properties.SpacingX, 3);
        Assert.Equal((5, 7), (tiled.Grid.Columns, tiled.Grid.Rows));
        Assert.NotEmpty(tiled.TissueCells);
    }

    [Fact]
    public async Task An_ndpi_is_read_at_its_own_spacing_and_its_level_nearest_to_the_models()
    {
        Assert.SkipUnless(OpenSlideLibrary.IsAvailable, "The library OpenSlide is not installed (Debian: apt install libopenslide0).");

        var properties = (await OpenAsync("test3-TRITC_2_560.ndpi")).Properties;

        Assert.Equal(("hamamatsu", 3968, 4864, 4), (properties.Format, properties.Width, properties.Height, properties.Level));
        Assert.Equal(0.228, properties.SpacingX, 3);
    }

    [Theory]
    [InlineData("CMU-1-Small-Region.svs")]
    [InlineData("idc-8867.tif")]
    public async Task Patches_are_those_that_openslide_reads_at_the_same_place(string file)
    {
        Assert.SkipUnless(OpenSlideLibrary.IsAvailable, "The library OpenSlide is not installed (Debian: apt install libopenslide0).");
        var path = SharedData.Require($"data/slides/{file}");
        var ours = await OpenAsync(file);
        using var theirs = OpenSlideFile.Open(path, file);
        var (level, width, height) = (ours.Properties.Level, (int)ours.Properties.LevelWidth, (int)ours.Properties.LevelHeight);
        var scale = 4 / (ours.Properties.SpacingX * ours.Properties.Width / width);
        var reduction = new BoxReduction(ours.Grid.PixelWidth, ours.Grid.PixelHeight, width, height, scale, scale);
        using var pixels = new WholePixels(theirs.Read(level, width, height), width);
        byte[] target = [.. new TargetRows(reduction).Of(pixels.Read(reduction.SourceRows, reduction.Reduce, TestContext.Current.CancellationToken)).SelectMany(row => row.ToArray())];
        var (patch, difference, compared) = (new byte[50 * 50 * 3], 0L, 0L);
        foreach (var cell in ours.TissueCells)
        {
            ours.Cut([cell], patch);
            for (var y = 0; y < 50; y++)
            {
                var from = ((((cell.Row * 50) + y) * ours.Grid.PixelWidth) + (cell.Column * 50)) * 3;
                for (var x = 0; x < 150; x++)
                {
                    difference += Math.Abs(target[from + x] - patch[(y * 150) + x]);
                    compared++;
                }
            }
        }

        Assert.InRange((double)difference / compared, 0, 2);
    }

    [Theory]
    [InlineData("TCGA-CR-7395-01A-01-TS1.svs", "spacing-unknown")]
    [InlineData("test3-TRITC_2_560.ndpi", null)]
    [InlineData("small_dicom.dcm", "format-unsupported")]
    public async Task A_slide_that_only_openslide_reads_needs_it_and_dicom_is_refused(string file, string? code)
    {
        var expected = file.EndsWith(".dcm", StringComparison.Ordinal) || OpenSlideLibrary.IsAvailable ? code : "format-needs-openslide";
        if (expected is null)
        {
            Assert.NotEmpty((await OpenAsync(file)).TissueCells);
            return;
        }

        var refused = await Assert.ThrowsAsync<SlideRefusedException>(() => OpenAsync(file));

        Assert.Equal(expected, refused.Failure.Code);
        Assert.Contains(file, refused.Failure.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Failure.Remedy);
    }
}
