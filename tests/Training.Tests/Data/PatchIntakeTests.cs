using System.IO.Compression;
using IdcFunctions.Training.Data;
using NetVips;

namespace IdcFunctions.Training.Tests.Data;

public sealed class PatchIntakeTests : IDisposable
{
    private static readonly HashSet<string> TwoCases = ["7", "8"];

    private readonly TemporaryFolder temporary = new();

    private string Folder => temporary.At("set");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_folder_and_a_zip_of_it_hold_the_same_patches()
    {
        SyntheticPatches.Write(Folder, ["7", "8", "9"], 3);
        ZipFile.CreateFromDirectory(Folder, temporary.At("set.zip"));

        var folder = PatchDataset.Load(Folder, TwoCases);
        var zip = PatchDataset.Load(temporary.At("set.zip"), TwoCases);

        Assert.Equal(12, folder.Patches.Count);
        Assert.Equal(folder.Patches, zip.Patches);
        Assert.Equal(folder.Pixels, zip.Pixels);
    }

    [Fact]
    public void Patches_are_sorted_and_their_pixels_stand_at_their_index()
    {
        SyntheticPatches.Write(Folder, TwoCases, 2);

        var data = PatchDataset.Load(Folder, TwoCases);

        Assert.Equal(new LabelledPatch("7", 1, 1, false), data.Patches[0]);
        Assert.Equal(new LabelledPatch("7", 51, 1, false), data.Patches[1]);
        Assert.Equal(new LabelledPatch("7", 1, 51, true), data.Patches[2]);
        using var image = Image.NewFromFile(temporary.At("set", "7", "1", "7_idx5_x1_y51_class1.png"));
        Assert.Equal(image.WriteToMemory<byte>(), data.Pixels[(2 * PatchDataset.PatchBytes)..(3 * PatchDataset.PatchBytes)]);
    }

    [Fact]
    public void A_second_copy_nested_in_the_set_is_counted_and_left_out()
    {
        SyntheticPatches.Write(Folder, TwoCases, 2);
        SyntheticPatches.Write(temporary.At("set", "IDC_regular_ps50_idx5"), TwoCases, 2);

        var report = Report();

        Assert.Equal((8, 8), (report.Patches, report.Duplicates));
    }

    [Fact]
    public void A_second_file_with_other_content_is_an_error_that_names_both()
    {
        var random = new Random(1);
        var first = SyntheticPatches.WritePatch(Folder, "7", 1, 1, isIdc: false, random);
        var second = SyntheticPatches.WritePatch(temporary.At("set", "again"), "7", 1, 1, isIdc: false, random);

        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(Folder, new HashSet<string> { "7" }));

        Assert.Contains(Path.GetRelativePath(Folder, first), error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetRelativePath(Folder, second), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_files_and_zips_is_one_data_set()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        SyntheticPatches.Write(temporary.At("more"), ["8"], 2);
        ZipFile.CreateFromDirectory(temporary.At("more"), temporary.At("set", "more.zip"));

        using var pack = new PatchIntake(temporary.At("packs")).Open(Folder);

        Assert.Equal(["7", "8"], pack.Cases.Select(item => item.Case));
        Assert.Equal(8, pack.Report.Patches);
    }

    [Fact]
    public void A_patch_with_two_labels_is_an_error_that_names_both_files()
    {
        var random = new Random(1);
        var first = SyntheticPatches.WritePatch(Folder, "7", 1, 1, isIdc: false, random);
        var second = SyntheticPatches.WritePatch(Folder, "7", 1, 1, isIdc: true, random);

        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(Folder, new HashSet<string> { "7" }));

        Assert.Contains(Path.GetRelativePath(Folder, first), error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetRelativePath(Folder, second), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_the_other_labels_folder_is_an_error_that_names_it()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        var misplaced = temporary.At("set", "7", "1", "7_idx5_x51_y1_class0.png");
        File.Move(temporary.At("set", "7", "0", "7_idx5_x51_y1_class0.png"), misplaced);

        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(Folder, new HashSet<string> { "7" }));

        Assert.Contains(Path.GetRelativePath(Folder, misplaced), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_not_50_pixels_square_are_named_and_left_out()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        var odd = SyntheticPatches.WritePatch(Folder, "7", 501, 1, isIdc: false, new Random(1), side: 37);

        var report = Report();

        Assert.Equal(4, report.Patches);
        Assert.Equal([Path.GetRelativePath(Folder, odd)], report.OddSizes);
    }

    [Fact]
    public void Files_with_other_names_are_named_and_left_out()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        File.WriteAllBytes(temporary.At("set", "7", "0", "overview.png"), [1, 2, 3]);

        var report = Report();

        Assert.Equal(4, report.Patches);
        Assert.Equal([Path.Combine("7", "0", "overview.png")], report.OtherNames);
    }

    /// <summary>The id was once only what stands before <c>_idx</c> without punctuation: cases A-7 and B-7 became one case, on both sides of a split.</summary>
    [Fact]
    public void A_case_id_with_punctuation_is_kept_whole()
    {
        SyntheticPatches.Write(Folder, ["A-7", "B-7"], 1);

        var data = PatchDataset.Load(Folder, new HashSet<string> { "A-7", "B-7" });

        Assert.Equal(["A-7", "A-7", "B-7", "B-7"], data.Patches.Select(patch => patch.Case));
    }

    /// <summary>libvips fills what is missing of a cut-off PNG with grey unless told to fail.</summary>
    [Fact]
    public void Pictures_that_can_not_be_read_are_named_and_the_rest_is_taken_in()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        var corrupt = temporary.At("set", "7", "0", "7_idx5_x1_y1_class0.png");
        var cut = temporary.At("set", "7", "0", "7_idx5_x51_y1_class0.png");
        File.WriteAllText(corrupt, "not a picture");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..2000]);

        var report = Report();

        Assert.Equal(2, report.Patches);
        Assert.Collection(report.Corrupt, line => Assert.StartsWith(Path.GetRelativePath(Folder, corrupt), line, StringComparison.Ordinal), line => Assert.StartsWith(Path.GetRelativePath(Folder, cut), line, StringComparison.Ordinal));
    }

    /// <summary>Pictures are decoded side by side, and libvips keeps the reasons of all threads in one place.</summary>
    [Fact]
    public void Each_picture_that_can_not_be_read_is_named_with_its_own_reason_whatever_is_decoded_beside_it()
    {
        SyntheticPatches.Write(Folder, ["7"], 100);
        var files = Directory.GetFiles(Folder, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        foreach (var (index, file) in files.Index().Where(file => file.Index % 4 != 0))
        {
            File.WriteAllBytes(file, index % 4 == 1 ? "not a picture"u8.ToArray() : File.ReadAllBytes(file)[..2000]);
        }

        var report = Report();

        Assert.Equal((50, 150), (report.Patches, report.Corrupt.Count));
        var reasons = report.Corrupt.ToLookup(line => files.FindIndex(file => line.StartsWith(Path.GetRelativePath(Folder, file), StringComparison.Ordinal)) % 4 == 1, line => line[line.IndexOf(':', StringComparison.Ordinal)..]);
        Assert.NotEqual(Assert.Single(reasons[true].Distinct()), Assert.Single(reasons[false].Distinct()));
    }

    [Fact]
    public void Pixels_stand_at_their_patchs_index_though_many_are_decoded_side_by_side()
    {
        SyntheticPatches.Write(Folder, TwoCases, 100);
        SyntheticPatches.Write(temporary.At("set", "again"), TwoCases, 100);
        SyntheticPatches.WritePatch(Folder, "7", 9001, 1, isIdc: false, new Random(1), side: 37);

        using var pack = new PatchIntake(temporary.At("packs")).Open(Folder);

        Assert.Equal((400, 400, 1), (pack.Report.Patches, pack.Report.Duplicates, pack.Report.OddSizes.Count));
        var pixels = new byte[PatchDataset.PatchBytes];
        foreach (var (index, patch) in pack.Patches.Index())
        {
            var label = patch.IsIdc ? 1 : 0;
            using var image = Image.NewFromFile(temporary.At("set", patch.Case, $"{label}", $"{patch.Case}_idx5_x{patch.X}_y{patch.Y}_class{label}.png"));
            pack.Read(index, pixels);
            Assert.Equal(image.WriteToMemory<byte>(), pixels);
        }
    }

    /// <summary>Packed small: an entry of two gigabytes once ended the program.</summary>
    [Fact]
    public void An_entry_of_a_zip_that_states_more_bytes_than_a_patch_has_is_named_and_not_read()
    {
        SyntheticPatches.Write(Folder, ["7"], 2);
        var zip = temporary.At("set.zip");
        System.IO.Compression.ZipFile.CreateFromDirectory(Folder, zip);
        using (var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update))
        {
            using var bomb = archive.CreateEntry("7/0/7_idx5_x9001_y1_class0.png").Open();
            bomb.Write(new byte[(1 << 20) + 1]);
        }

        using var pack = new PatchIntake(temporary.At("packs")).Open(zip);

        Assert.Equal(4, pack.Patches.Count);
        Assert.Equal("7/0/7_idx5_x9001_y1_class0.png: it has 1048577 bytes, and 1048576 are the most.", Assert.Single(pack.Report.Corrupt));
    }

    [Fact]
    public void A_readable_copy_stands_in_for_a_corrupt_file()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        SyntheticPatches.Write(temporary.At("set", "again"), ["7"], 1);
        var corrupt = temporary.At("set", "7", "0", "7_idx5_x1_y1_class0.png");
        File.WriteAllText(corrupt, "not a picture");

        var report = Report();

        Assert.Equal((2, 1, 1), (report.Patches, report.Corrupt.Count, report.Duplicates));
    }

    [Fact]
    public void Cases_of_which_nothing_is_left_are_named()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        SyntheticPatches.WritePatch(Folder, "8", 1, 1, isIdc: false, new Random(1), side: 20);
        Directory.CreateDirectory(temporary.At("set", "9", "1"));

        Assert.Equal(["8", "9"], Report().EmptyCases);
    }

    [Fact]
    public void A_patch_that_another_case_holds_too_is_reported_and_so_is_a_slightly_brighter_one()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        var random = new Random(5);
        WriteCoarse("7", 501, random, brighter: 0);
        WriteCoarse("8", 1, new Random(5), brighter: 0);
        WriteCoarse("9", 1, new Random(5), brighter: 4);
        WriteCoarse("9", 51, random, brighter: 0);

        var near = Report().NearDuplicates;

        Assert.Equal([("7", "8", 501, 1), ("7", "9", 501, 1)], near.Select(pair => (pair.First.Case, pair.Second.Case, pair.First.X, pair.Second.X)));
        Assert.Equal([0, 4], near.Select(pair => Math.Round(pair.Difference)));
    }

    [Fact]
    public void Patches_of_glass_are_no_near_duplicates()
    {
        foreach (var id in (string[])["7", "8"])
        {
            Directory.CreateDirectory(temporary.At("set", id, "0"));
            using var white = Image.Black(50, 50, bands: 3) + 240;
            using var bytes = white.Cast(Enums.BandFormat.Uchar);
            using var rgb = bytes.Copy(interpretation: Enums.Interpretation.Srgb);
            File.WriteAllBytes(temporary.At("set", id, "0", $"{id}_idx5_x1_y1_class0.png"), rgb.PngsaveBuffer());
        }

        Assert.Empty(Report().NearDuplicates);
    }

    [Fact]
    public void A_set_is_packed_once_and_anew_when_its_files_have_changed()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        var intake = new PatchIntake(temporary.At("packs"));
        using (var first = intake.Open(Folder))
        {
            Assert.Equal(2, first.Report.Patches);
        }

        var pack = Assert.Single(Directory.GetFiles(temporary.At("packs")));
        var made = File.GetLastWriteTimeUtc(pack);
        intake.Open(Folder).Dispose();
        Assert.Equal(made, File.GetLastWriteTimeUtc(pack));

        SyntheticPatches.WritePatch(Folder, "7", 501, 1, isIdc: true, new Random(1));
        using var changed = intake.Open(Folder);
        Assert.Equal(3, changed.Patches.Count);
    }

    [Fact]
    public void A_pack_that_is_cut_off_is_told()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        new PatchIntake(temporary.At("packs")).Open(Folder).Dispose();
        var pack = Assert.Single(Directory.GetFiles(temporary.At("packs")));
        File.WriteAllBytes(pack, File.ReadAllBytes(pack)[..^20]);

        var error = Assert.Throws<DatasetException>(() => PatchPack.Open(pack));

        Assert.Contains(pack, error.Message, StringComparison.Ordinal);
    }

    /// <summary>After an upgrade a training once ended at the earlier version's pack.</summary>
    [Fact]
    public void A_pack_of_another_format_is_left_alone_and_made_anew()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        new PatchIntake(temporary.At("packs")).Open(Folder).Dispose();
        var pack = Assert.Single(Directory.GetFiles(temporary.At("packs")));
        File.Move(pack, pack.Replace($"-{PatchPack.Format}.", $"-{PatchPack.Format - 1}.", StringComparison.Ordinal));

        using var anew = new PatchIntake(temporary.At("packs")).Open(Folder);

        Assert.Equal(2, anew.Patches.Count);
        Assert.Equal(2, Directory.GetFiles(temporary.At("packs")).Length);
    }

    /// <summary>What is left of an intake that was refused would look like a pack.</summary>
    [Fact]
    public void A_refused_set_leaves_no_pack()
    {
        Directory.CreateDirectory(Folder);

        Assert.Throws<DatasetException>(() => new PatchIntake(temporary.At("packs")).Open(Folder));

        Assert.Empty(Directory.GetFiles(temporary.At("packs")));
    }

    [Fact]
    public void An_intake_that_is_cancelled_ends_and_leaves_no_pack()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => new PatchIntake(temporary.At("packs")).Make(Folder, temporary.At("packs", "7.pack"), cancelled.Token));

        Assert.Empty(Directory.GetFiles(temporary.At("packs")));
    }

    [Fact]
    public void A_grey_picture_is_read_as_rgb()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        using var grey = Image.Black(50, 50) + 77;
        using var bytes = grey.Cast(Enums.BandFormat.Uchar);
        File.WriteAllBytes(temporary.At("set", "7", "0", "7_idx5_x1_y1_class0.png"), bytes.PngsaveBuffer());

        var data = PatchDataset.Load(Folder, new HashSet<string> { "7" });

        Assert.All(data.Pixels[..PatchDataset.PatchBytes], value => Assert.Equal(77, value));
    }

    [Fact]
    public void A_wanted_case_that_is_not_there_is_named()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);

        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(Folder, TwoCases));

        Assert.Contains("cases 8.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_is_not_there_is_named()
    {
        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(temporary.At("nowhere"), TwoCases));

        Assert.Contains(temporary.At("nowhere"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_zip_is_an_error_that_names_it()
    {
        var file = temporary.WriteLines("set.zip", "no zip");

        var error = Assert.Throws<DatasetException>(() => PatchDataset.Load(file, TwoCases));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_entry_of_a_zip_is_named_and_the_rest_is_taken_in()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        var zip = temporary.At("set.zip");
        ZipFile.CreateFromDirectory(Folder, zip);
        var bytes = File.ReadAllBytes(zip);
        bytes.AsSpan(1000, 2000).Fill(0xff);
        File.WriteAllBytes(zip, bytes);

        using var pack = new PatchIntake(temporary.At("packs")).Open(zip);

        Assert.Equal(1, pack.Report.Patches);
        Assert.Contains("7_idx5_x", Assert.Single(pack.Report.Corrupt), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cases_of_a_set_are_counted()
    {
        SyntheticPatches.Write(Folder, TwoCases, 2);
        SyntheticPatches.Write(temporary.At("set", "again"), TwoCases, 2);
        SyntheticPatches.WritePatch(Folder, "8", 501, 1, isIdc: true, new Random(1));

        using var pack = new PatchIntake(temporary.At("packs")).Open(Folder);

        Assert.Equal([new CaseCount("7", 4, 2), new CaseCount("8", 5, 3)], pack.Cases);
    }

    [Fact]
    public void A_set_without_labelled_patches_is_an_error_that_says_how_they_are_named()
    {
        Directory.CreateDirectory(Folder);

        var error = Assert.Throws<DatasetException>(() => Report());

        Assert.Contains("{case}_idx5_x{X}_y{Y}_class{0|1}.png", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_alone_can_not_be_trained_on()
    {
        SyntheticPatches.WritePatch(Folder, "7", 1, 1, isIdc: false, new Random(1));
        var data = PatchDataset.Load(Folder, new HashSet<string> { "7" });

        var error = Assert.Throws<DatasetException>(() => data.ThrowIfOneClass("training"));

        Assert.Contains("training", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_real_sets_validation_cases_have_the_published_counts()
    {
        var cases = File.ReadLines(SharedData.Require("data/splits/cases_val.txt")).Select(line => line.Trim()).Where(line => line.Length > 0).ToHashSet();

        var data = PatchDataset.Load(SharedData.Require("data/idc-patches.zip"), cases);

        Assert.Equal((2182, 955), (data.Patches.Count(patch => !patch.IsIdc), data.Patches.Count(patch => patch.IsIdc)));
    }

    private IntakeReport Report()
    {
        using var pack = new PatchIntake(temporary.At("packs")).Open(Folder);
        return pack.Report;
    }

    /// <summary>A patch of coarse random blocks, unlike any other of another random state.</summary>
    private void WriteCoarse(string id, int x, Random random, int brighter)
    {
        var blocks = Enumerable.Range(0, 100).Select(_ => random.Next(50, 200)).ToArray();
        var pixels = Enumerable.Range(0, 2500).SelectMany(i => Enumerable.Repeat((byte)(blocks[(i / 50 / 5 * 10) + (i % 50 / 5)] + brighter), 3)).ToArray();
        using var image = Image.NewFromMemory(pixels, 50, 50, 3, Enums.BandFormat.Uchar);
        using var rgb = image.Copy(interpretation: Enums.Interpretation.Srgb);
        Directory.CreateDirectory(temporary.At("set", id, "0"));
        File.WriteAllBytes(temporary.At("set", id, "0", $"{id}_idx5_x{x}_y501_class0.png"), rgb.PngsaveBuffer());
    }
}
