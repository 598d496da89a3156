using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.LocalHost.Tests.Scoring;

public sealed class SlideFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    [Fact]
    public void A_folder_gives_its_slides_and_those_of_its_subfolders_sorted_by_name() =>
        Assert.Equal(["A.TIFF", "b.svs", "c.ndpi"], SlideFiles.Find([Make("x/c.ndpi", "b.svs", "y/z/A.TIFF", "notes.txt")]).Select(file => file.Name));

    [Fact]
    public void A_file_that_is_named_is_taken_whatever_it_is_called() =>
        Assert.Equal("slide.dat", Assert.Single(SlideFiles.Find([Path.Combine(Make("slide.dat"), "slide.dat")])).Name);

    [Fact]
    public void A_file_meant_twice_is_taken_once()
    {
        Make("a.svs");

        Assert.Single(SlideFiles.Find([folder, Path.Combine(folder, "a.svs"), Path.Combine(folder, ".", "a.svs")]));
    }

    [Fact]
    public void Two_slides_of_one_name_are_refused_with_both_paths()
    {
        Make("x/a.svs", "y/a.svs");

        var refused = Assert.Throws<IOException>(() => SlideFiles.Find([folder]));

        Assert.Contains(Path.Combine(folder, "x", "a.svs"), refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(folder, "y", "a.svs"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_path_is_refused_by_its_name() =>
        Assert.Equal("no/such/slide.svs: there is no such file or folder.", Assert.Throws<IOException>(() => SlideFiles.Find(["no/such/slide.svs"])).Message);

    [Fact]
    public void A_folder_without_slides_is_refused_and_says_what_slides_are() =>
        Assert.Contains(".svs", Assert.Throws<IOException>(() => SlideFiles.Find([Make("notes.txt")])).Message, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Make(params string[] files)
    {
        foreach (var file in files.Select(file => Path.Combine(folder, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
        }

        return folder;
    }
}
