using System.Collections.Immutable;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Slides.Tests;

public sealed class RunTests
{
    private static readonly RunSettings Settings = new(
        "a.svs", "\"0x1\"", 1000, "m", "1.0.0", "ab", new TilingSettings(null, 4, 50, 50, null, false, "box", 0.05, 2, "1"), "");

    [Fact]
    public void Equal_settings_have_equal_run_ids() => Assert.Equal(Settings.ToRunId(), (Settings with { }).ToRunId());

    [Fact]
    public void Each_setting_changes_the_run_id()
    {
        RunSettings[] others =
        [
            Settings with { Slide = "b.svs" }, Settings with { Etag = "\"0x2\"" }, Settings with { Length = 1001 },
            Settings with { ModelName = "n" }, Settings with { ModelVersion = "1.0.1" }, Settings with { ModelSha256 = "ac" },
            Settings with { RequestId = "r" }, Settings with { Sha256 = "ad" }, Settings with { Tiling = Settings.Tiling with { SpacingUmPx = 0.5 } },
            Settings with { Tiling = Settings.Tiling with { TargetSpacingUmPx = 2 } }, Settings with { Tiling = Settings.Tiling with { PatchSidePixels = 64 } },
            Settings with { Tiling = Settings.Tiling with { StridePixels = 25 } }, Settings with { Tiling = Settings.Tiling with { Region = new PixelRegion(0, 0, 9, 9) } },
            Settings with { Tiling = Settings.Tiling with { IsUpsampled = true } }, Settings with { Tiling = Settings.Tiling with { Resampling = "x" } }, Settings with { Tiling = Settings.Tiling with { MinTissueFraction = 0.1 } },
            Settings with { Tiling = Settings.Tiling with { BatchSize = 3 } }, Settings with { Tiling = Settings.Tiling with { TilingVersion = "2" } },
            Settings with { Tiling = Settings.Tiling with { MaskEtag = "\"0x3\"" } }, Settings with { Tiling = Settings.Tiling with { Tissue = TissueRules.Default with { MinSaturation = 9 } } },
        ];

        Assert.Equal(others.Length + 1, others.Append(Settings).Select(settings => settings.ToRunId()).Distinct().Count());
    }

    [Fact]
    public void A_plan_goes_there_and_back_and_its_batches_cover_it_in_order()
    {
        var cells = ImmutableArray.Create(new PlannedCell(0, 1, PatchQualities.None), new PlannedCell(0, 2, PatchQualities.LittleTissue), new PlannedCell(3, 0, PatchQualities.None));
        var plan = new TilingPlan(1, Settings, DateTimeOffset.UnixEpoch, new SlideProperties("tiff", 400, 800, 4, 4, "slide", 0, 400, 800), 10, 1, cells)
        {
            NoTissueCells = 4,
            ExcludedCells = 1,
            OutsideRegionCells = 2,
            Stain = new StainProfile(0.2, 0.3, 0.25, 7000),
        };

        var read = TilingPlan.FromJson(plan.ToJson());

        Assert.Equal(2, read.Batches);
        Assert.Equal(cells, [.. read.BatchCells(0).ToArray(), .. read.BatchCells(1).ToArray()]);
        Assert.Equal(Settings.ToRunId(), read.Settings.ToRunId());
        Assert.Equal((4, 1, 2, plan.Stain), (read.NoTissueCells, read.ExcludedCells, read.OutsideRegionCells, read.Stain));
    }

    [Fact]
    public void A_stored_batch_goes_there_and_back()
    {
        var scores = new BatchScores("cpu", 12, [new PatchScore(new PatchCell(1, 2), 0.25f, PatchQualities.LittleTissue), new PatchScore(new PatchCell(3, 4), 1f, PatchQualities.None) { Spread = 0.125f }]);

        var read = BatchScores.TryRead(scores.ToBytes())!;

        Assert.Equal(scores.Provider, read.Provider);
        Assert.Equal(scores.ScoringMilliseconds, read.ScoringMilliseconds);
        Assert.Equal(scores.Scores, read.Scores);
    }

    [Fact]
    public void A_batch_that_an_older_program_stored_is_read_without_a_spread()
    {
        byte[] stored =
        [
            .. "IDCS"u8, 1, 0, 0, 0, 12, 0, 0, 0, 3, 0, 0, 0, .. "cpu"u8, 2, 0, 0, 0,
            1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes(0.25f), 1, 0, 0, 0,
            3, 0, 0, 0, 4, 0, 0, 0, .. BitConverter.GetBytes(1f), 0, 0, 0, 0,
        ];

        var read = BatchScores.TryRead(stored)!;

        Assert.Equal([new PatchScore(new PatchCell(1, 2), 0.25f, (PatchQualities)1), new PatchScore(new PatchCell(3, 4), 1f, PatchQualities.None)], read.Scores);
    }

    [Fact]
    public void Settings_without_orientations_are_written_as_older_programs_did_so_that_run_ids_stay()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(Settings, SlidesJson.Default.RunSettings);

        Assert.DoesNotContain("orientations", json, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(Settings.ToRunId(), (Settings with { AllOrientations = true }).ToRunId());
    }

    [Fact]
    public void A_stored_batch_cut_at_any_byte_is_none()
    {
        var bytes = new BatchScores("cpu", 12, [new PatchScore(new PatchCell(1, 2), 0.25f, PatchQualities.None)]).ToBytes();

        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(BatchScores.TryRead(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_stored_batch_of_a_newer_program_is_taken_for_no_damaged_one()
    {
        var bytes = new BatchScores("cpu", 12, []).ToBytes();
        bytes[4] = 3;

        Assert.Contains("upgrade the program", Assert.Throws<InvalidDataException>(() => BatchScores.TryRead(bytes)).Message, StringComparison.Ordinal);
    }
}
