using System.Text;
using System.Text.Json;
using CsCheck;
using IdcFunctions.Scoring.Exports;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Scoring.Tests;

public sealed class ExportTests
{
    private static readonly RunSettings Settings = new(
        "a.svs", "\"0x1\"", 1000, "m", "1.0.0", "ab", new TilingSettings(null, 4, 50, 50, null, false, "box", 0.05, 256, "1"), "");

    private static readonly TilingPlan Plan = new(
        1, Settings, DateTimeOffset.UnixEpoch, new SlideProperties("tiff", 1600, 2400, 0.5, 0.5, "slide", 0, 1600, 2400), 10, 1,
        [new PlannedCell(0, 1, PatchQualities.None), new PlannedCell(2, 3, PatchQualities.LittleTissue)]);

    private static readonly PatchScore[] Scores =
    [
        new PatchScore(new PatchCell(0, 1), 0.1f, PatchQualities.PenOrBorder),
        new PatchScore(new PatchCell(2, 3), 0.75f, PatchQualities.LittleTissue | PatchQualities.Blurred),
    ];

    [Fact]
    public void The_csv_has_wsinfers_columns_in_level0_pixels() =>
        Assert.Equal(
            "minx,miny,width,height,prob_IDC,row,column,class_IDC,little_tissue,blurred,pen_or_border\n400,0,400,400,0.1,0,1,0,0,0,1\n1200,800,400,400,0.75,2,3,1,1,1,0\n",
            Encoding.UTF8.GetString(PatchCsv.Write(Plan, Scores, 0.5)));

    [Fact]
    public void The_geojson_has_a_closed_ring_and_a_probability_for_each_patch()
    {
        using var json = JsonDocument.Parse(PatchGeoJson.Write(Plan, Settings.ToRunId(), Scores));

        var features = json.RootElement.GetProperty("features").EnumerateArray().ToList();
        Assert.Equal(2, features.Count);
        var ring = features[1].GetProperty("geometry").GetProperty("coordinates")[0].EnumerateArray().Select(point => (point[0].GetInt64(), point[1].GetInt64())).ToList();
        Assert.Equal([(1200, 800), (1600, 800), (1600, 1200), (1200, 1200), (1200, 800)], ring);
        Assert.Equal(0.75, features[1].GetProperty("properties").GetProperty("measurements").GetProperty("prob_IDC").GetDouble());
        Assert.Equal("tile", features[1].GetProperty("properties").GetProperty("objectType").GetString());
    }

    [Fact]
    public void Writing_an_export_twice_writes_the_same_bytes()
    {
        Assert.Equal(PatchGeoJson.Write(Plan, Settings.ToRunId(), Scores), PatchGeoJson.Write(Plan, Settings.ToRunId(), Scores));
        Assert.Equal(HeatmapPng.Write(Plan, Scores), HeatmapPng.Write(Plan, Scores));
    }

    [Fact]
    public void The_heatmap_is_transparent_where_nothing_was_scored()
    {
        using var image = Image.NewFromBuffer(HeatmapPng.Write(Plan, Scores));

        Assert.Equal((4 * HeatmapPng.CellPixels, 6 * HeatmapPng.CellPixels), (image.Width, image.Height));
        Assert.Equal(0, image.Getpoint(0, 0)[3]);
        var expected = new byte[4];
        HeatmapPng.ColourOf(0.75f, expected);
        Assert.Equal(expected.Select(value => (double)value), image.Getpoint((3 * HeatmapPng.CellPixels) + 2, (2 * HeatmapPng.CellPixels) + 2));
    }

    /// <summary>At a stride of 49 the edges of cells lie 4 µm apart: 156 million points of a slide of 50 × 50 mm.</summary>
    [Fact]
    public void The_heatmap_of_a_large_slide_whose_stride_has_no_divisor_with_the_patch_stays_small_and_in_place()
    {
        var plan = Plan with
        {
            Settings = Settings with { Tiling = Settings.Tiling with { StridePixels = 49 } },
            Properties = Plan.Properties with { Width = 50_000, Height = 50_000, SpacingX = 1, SpacingY = 1 },
        };
        PatchScore[] scores = [new(new PatchCell(0, 0), 0.25f, PatchQualities.None), new(new PatchCell(200, 100), 0.75f, PatchQualities.None)];

        using var image = Image.NewFromBuffer(HeatmapPng.Write(plan, scores));

        Assert.InRange(image.Width * image.Height, 1, 1 << 22);
        var pixelsACell = image.Width * 50.0 / plan.Grid.PixelWidth;
        var (x, y) = ((int)((100.5 * 49 / 50) * pixelsACell), (int)((200.5 * 49 / 50) * pixelsACell));
        var expected = new byte[4];
        HeatmapPng.ColourOf(0.75f, expected);
        Assert.Equal(expected.Select(value => (double)value), image.Getpoint(x, y));
        Assert.Equal(255, image.Getpoint(0, 0)[3]);
        Assert.Equal(0, image.Getpoint(x + (int)(2 * pixelsACell), y)[3]);
    }

    [Fact]
    public void The_summary_accounts_for_every_cell_of_the_grid()
    {
        var summary = SlideAggregation.Summarise(Plan with { NoTissueCells = 19, ExcludedCells = 3 }, Scores[..1], 0.5);

        Assert.Equal((1, 19, 3, 1), (summary.Patches, summary.NoTissueCells, summary.ExcludedCells, summary.FailedCells));
        Assert.Equal(summary.GridCells, summary.Patches + summary.NoTissueCells + summary.ExcludedCells + summary.FailedCells);
    }

    [Fact]
    public void The_summary_counts_areas_in_square_millimetres()
    {
        var summary = SlideAggregation.Summarise(Plan, Scores, 0.5);

        Assert.Equal((2, 24, 1, 1), (summary.Patches, summary.GridCells, summary.PositivePatches, summary.PositivePatchesAtHalf));
        Assert.Equal(0.08, summary.TissueAreaMm2, 9);
        Assert.Equal(0.04, summary.TumourAreaMm2, 9);
        Assert.Equal(0.5, summary.TumourFraction, 9);
        Assert.Equal(0.425, summary.MeanProbability, 6);
    }

    [Fact]
    public void A_slide_without_tissue_has_a_summary_of_zeros() =>
        Assert.Equal(new SlideSummary(0, 24, 0, 0, 0.5, 0, 0, 0, 0, 0) { UncertainPatches = 0 }, SlideAggregation.Summarise(Plan with { Cells = [] }, [], 0.5));

    [Fact]
    public void A_slide_without_tissue_has_exports_without_patches()
    {
        var plan = Plan with { Cells = [] };

        Assert.Equal(PatchCsv.Header + "\n", Encoding.UTF8.GetString(PatchCsv.Write(plan, [], 0.5)));
        using var json = JsonDocument.Parse(PatchGeoJson.Write(plan, Settings.ToRunId(), []));
        Assert.Equal(0, json.RootElement.GetProperty("features").GetArrayLength());
        using var image = Image.NewFromBuffer(HeatmapPng.Write(plan, []));
        Assert.Equal((4 * HeatmapPng.CellPixels, 6 * HeatmapPng.CellPixels, 0.0), (image.Width, image.Height, image[3].Max()));
    }

    [Fact]
    public void Neighbours_share_their_edges_in_csv_and_geojson_at_a_spacing_that_is_no_round_number() =>
        Gen.Select(Gen.Double[0.1, 4], Gen.Double[0.1, 4]).Sample(spacing =>
        {
            var (x, y) = spacing;
            var plan = Plan with { Properties = Plan.Properties with { Width = (long)(900 / x), Height = (long)(900 / y), SpacingX = x, SpacingY = y } };
            PatchScore[] scores = [.. from row in Enumerable.Range(0, 4) from column in Enumerable.Range(0, 4) select new PatchScore(new PatchCell(row, column), 0.5f, PatchQualities.None)];

            var lines = Encoding.UTF8.GetString(PatchCsv.Write(plan, scores, 0.5)).Split('\n')[1..^1].Select(line => line.Split(',').Take(4).Select(long.Parse).ToArray()).ToList();
            using var json = JsonDocument.Parse(PatchGeoJson.Write(plan, Settings.ToRunId(), scores));
            var corners = json.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("geometry").GetProperty("coordinates")[0][2]).ToList();
            for (var i = 0; i < scores.Length; i++)
            {
                Assert.Equal((lines[i][0] + lines[i][2], lines[i][1] + lines[i][3]), (corners[i][0].GetInt64(), corners[i][1].GetInt64()));
                if (i % 4 < 3)
                {
                    Assert.Equal(lines[i + 1][0], lines[i][0] + lines[i][2]);
                }
            }
        });

    [Theory]
    [InlineData(0f, "0")]
    [InlineData(1f, "1")]
    [InlineData(0.1f, "0.1")]
    [InlineData(1e-6f, "1E-06")]
    [InlineData(0.33333334f, "0.33333334")]
    public void A_probability_is_the_shortest_text_that_gives_the_same_float(float probability, string text)
    {
        var line = Encoding.UTF8.GetString(PatchCsv.Write(Plan, [new PatchScore(new PatchCell(0, 1), probability, PatchQualities.None)], 0.5)).Split('\n')[1];

        Assert.Equal(text, line.Split(',')[4]);
        Assert.Equal(probability, float.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }
}
