using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides.Stain;
using IdcFunctions.Tiling;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using NetVips;

namespace IdcFunctions.Training.Tests.Artefact;

/// <summary>The stain check on real cases and slides, measured as a training measures them.</summary>
public sealed class TrainingStainTests
{
    private static readonly Lazy<StainReference> Strict = new(() => Measure("cases_train.txt"));
    private static readonly Lazy<StainReference> All = new(() => Measure("cases_train.txt", "cases_extended.txt"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void At_least_95_percent_of_the_validation_cases_are_within_the_limit(bool isExtended)
    {
        var reference = isExtended ? All.Value : Strict.Value;
        var validation = TrainingStain.ProfilesOf(PatchDataset.Load(SharedData.Require("data/idc-patches.zip"), CaseIds("cases_val.txt")));

        var within = validation.Count(item => reference.DistanceOf(item.Value) <= reference.Limit);

        Assert.Equal(29, validation.Count);
        Assert.True(within >= 0.95 * validation.Count, $"{within} of {validation.Count} are within {reference.Limit:0.00}.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_immunostain_is_told_as_brown(bool isExtended) =>
        Assert.Contains("brown (DAB)", (await CheckAsync(await ReadAsync("data/out-of-domain/Rat-Kidney_PanCytokeratin.jpg"), 1, isExtended)).Warning, StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fluorescence_slide_is_told_by_its_dark_background(bool isExtended)
    {
        // The bundled libvips reads an NDPI as the plain TIFF that it also is: good enough for its colours.
        using var image = Image.Tiffload(SharedData.Require("data/slides/test3-TRITC_2_560.ndpi"));
        using var reduced = image.Shrink(16, 16);

        Assert.Contains("dark background", (await CheckAsync(reduced.PngsaveBuffer(keep: Enums.ForeignKeep.None), 0.228 * 16, isExtended)).Warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data/slides/idc-8867.tif", null)]
    [InlineData("data/slides/CMU-1-Small-Region.svs", null)]
    [InlineData("data/out-of-domain/Rat-Kidney_HE.jpg", 1.0)]
    public async Task H_and_E_slides_are_not_warned_of(string file, double? spacing) =>
        Assert.Null((await CheckAsync(await ReadAsync(file), spacing, isExtended: true)).Warning);

    private static async Task<byte[]> ReadAsync(string file) => await File.ReadAllBytesAsync(SharedData.Require(file), TestContext.Current.CancellationToken);

    /// <summary>As the line does: tiled, then the tissue's colours against the reference.</summary>
    private static async Task<StainFinding> CheckAsync(byte[] slide, double? spacing, bool isExtended)
    {
        var request = new TilingRequest("slide", spacing, 4, 50, 50, null, false, "box", new TilingOptions().MinTissueFraction);
        var tiled = await SlideTiler.TileAsync(new MemoryRangeSource(slide), request, (_, _, _) => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        return StainCheck.Check(tiled.Stain, isExtended ? All.Value : Strict.Value);
    }

    private static StainReference Measure(params string[] lists) =>
        TrainingStain.Of(PatchDataset.Load(SharedData.Require("data/idc-patches.zip"), lists.SelectMany(CaseIds).ToHashSet()))!;

    private static HashSet<string> CaseIds(string list) =>
        [.. File.ReadLines(SharedData.Require("data/splits/" + list)).Select(line => line.Trim()).Where(id => id.Length > 0)];
}
