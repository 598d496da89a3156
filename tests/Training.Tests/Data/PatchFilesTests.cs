using System.IO.Compression;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Tests.Data;

/// <summary>No file of a data set goes unmentioned.</summary>
public sealed class PatchFilesTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private string Folder => temporary.At("set");

    private string Zip => temporary.At("set.zip");

    public void Dispose() => temporary.Dispose();

    /// <summary>Whatever did not end with .png was once left out without a word.</summary>
    [Fact]
    public void Files_that_are_no_png_are_named_in_a_folder_and_in_a_zip()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        foreach (var file in (string[])["7_idx5_x101_y1_class0.PNG", "7_idx5_x151_y1_class0.jpg", "notes.txt"])
        {
            File.WriteAllBytes(temporary.At("set", "7", "0", file), [1]);
        }

        ZipFile.CreateFromDirectory(Folder, Zip);

        string[] expected = ["7/0/7_idx5_x101_y1_class0.PNG", "7/0/7_idx5_x151_y1_class0.jpg", "7/0/notes.txt"];
        Assert.Equal(expected, Report(Folder).OtherNames);
        Assert.Equal(expected, Report(Zip).OtherNames);
        Assert.Contains("  another name: 7/0/notes.txt", Report(Folder).Lines());
    }

    /// <summary>A list of cases has an id a line, and could not name it.</summary>
    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("a\u2028b")]
    public void A_case_id_holds_no_control_character_and_no_line_break(string id)
    {
        Assert.Null(PatchFiles.Parse($"{id}/0/{id}_idx5_x1_y1_class0.png"));
        Assert.Equal("a b", PatchFiles.Parse("a b/0/a b_idx5_x1_y1_class0.png")!.Case);
    }

    [Fact]
    public void A_new_file_of_another_name_is_named_though_the_set_was_packed_before()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        Assert.Empty(Report(Folder).OtherNames);

        File.WriteAllBytes(temporary.At("set", "late.tif"), [1]);

        Assert.Equal(["late.tif"], Report(Folder).OtherNames);
    }

    /// <summary>A training started in the data set's own folder keeps its packs there.</summary>
    [Fact]
    public void Packs_that_are_kept_in_the_set_are_no_part_of_it()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        var intake = new PatchIntake(temporary.At("set", ".idc", "packs"));

        intake.Open(Folder).Dispose();
        using var again = intake.Open(Folder);

        Assert.Empty(again.Report.OtherNames);
        Assert.Single(Directory.GetFiles(temporary.At("set", ".idc", "packs")));
    }

    /// <summary>Only the first level of a folder was once looked at, and no zip.</summary>
    [Fact]
    public void Empty_cases_are_found_at_any_depth_of_a_folder_and_of_a_zip()
    {
        SyntheticPatches.Write(Folder, ["7"], 1);
        SyntheticPatches.Write(temporary.At("set", "copy"), ["8"], 1);
        foreach (var empty in (string[])["7/0", "8/1", "9/0", "copy/7/1", "copy/8/1", "copy/10/0", "copy/11"])
        {
            Directory.CreateDirectory(temporary.At(["set", .. empty.Split('/')]));
        }

        ZipFile.CreateFromDirectory(Folder, Zip);

        Assert.Equal(["10", "11", "9"], Report(Folder).EmptyCases);
        Assert.Equal(["10", "11", "9"], Report(Zip).EmptyCases);
    }

    /// <summary>Of two entries of one name the last once won without a word.</summary>
    [Fact]
    public void A_second_entry_of_a_zip_is_a_double_or_where_it_differs_an_error_that_names_it()
    {
        const string Patch = "7/0/7_idx5_x1_y1_class0.png";
        SyntheticPatches.Write(Folder, ["7"], 1);
        ZipFile.CreateFromDirectory(Folder, Zip);
        Add(File.ReadAllBytes(temporary.At("set", "7", "0", "7_idx5_x1_y1_class0.png")));

        Assert.Equal((2, 1), (Report(Zip).Patches, Report(Zip).Duplicates));

        Add(SyntheticPatches.Png([225, 190, 215], new Random(2)));
        var error = Assert.Throws<DatasetException>(() => Report(Zip));
        Assert.Contains(Patch, error.Message, StringComparison.Ordinal);
        Assert.Contains(Zip, error.Message, StringComparison.Ordinal);

        void Add(byte[] content)
        {
            using var zip = ZipFile.Open(Zip, ZipArchiveMode.Update);
            using var entry = zip.CreateEntry(Patch).Open();
            entry.Write(content);
        }
    }

    private IntakeReport Report(string set)
    {
        using var pack = new PatchIntake(temporary.At("packs")).Open(set);
        return pack.Report;
    }
}
