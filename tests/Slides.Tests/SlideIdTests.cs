using CsCheck;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Slides.Tests;

public sealed class SlideIdTests
{
    [Fact]
    public void A_name_with_a_blank_and_a_slash_is_escaped_byte_by_byte() =>
        Assert.Equal("case~207~2Fa.svs", SlideId.FromName("case 7/a.svs").Value);

    [Theory]
    [InlineData("a.svs")]
    [InlineData("case 7/a.svs")]
    [InlineData("a#b?c%d.svs")]
    [InlineData("..")]
    [InlineData("ends in a dot.")]
    [InlineData("~h0123456789abcdef")]
    [InlineData("Größe/µm/日本語/😀.tif")]
    public void A_name_goes_there_and_back(string name)
    {
        var id = SlideId.FromName(name);

        Assert.Equal(name, id.Name);
        Assert.True(SlideId.TryParse(id.Value, out var parsed));
        Assert.Equal(id, parsed);
    }

    [Fact]
    public void Every_short_name_goes_there_and_back_and_every_key_is_legal() =>
        Gen.String[1, 40].Where(IsWellFormed).Sample(name =>
        {
            var id = SlideId.FromName(name);
            AssertLegalKey(id.Value);
            Assert.True(id.IsHashed || id.Name == name);
            Assert.True(SlideId.TryParse(id.Value, out var parsed));
            Assert.Equal(id, parsed);
        });

    [Fact]
    public void A_name_of_900_characters_keeps_its_beginning_and_a_hash()
    {
        var name = new string('x', 900);

        var id = SlideId.FromName(name);

        Assert.True(id.IsHashed);
        Assert.Equal(178, id.Value.Length);
        Assert.NotEqual(id, SlideId.FromName(name + "y"));
        Assert.True(SlideId.TryParse(id.Value, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a~2")]
    [InlineData("a~41")]
    [InlineData("a~2f")]
    [InlineData("a.")]
    [InlineData("a~FF")]
    public void Text_that_no_name_gives_is_no_id(string text) => Assert.False(SlideId.TryParse(text, out _));

    [Theory]
    [InlineData("../a.svs")]
    [InlineData("a/./b.svs")]
    [InlineData("a\\..\\b.svs")]
    [InlineData("ends.")]
    [InlineData("a\nb")]
    public void A_name_that_does_not_survive_a_url_is_refused_with_a_way_out(string name) =>
        Assert.Contains("upload again", SlideName.ReasonAgainst(name), StringComparison.Ordinal);

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Contains("surrogate", SlideName.ReasonAgainst("half \ud800 pair"), StringComparison.Ordinal);

    [Theory]
    [InlineData("case 7/a#b?c%d.svs")]
    [InlineData("日本語.tif")]
    [InlineData("a..b.svs")]
    public void A_hostile_but_possible_name_is_taken(string name) => Assert.Null(SlideName.ReasonAgainst(name));

    [Fact]
    public void Keys_of_all_tables_are_legal()
    {
        var slide = SlideId.FromName("a#b?c/d\\e%.");
        var run = RunId.Parse("0123456789abcdef");
        string[] keys =
        [
            TableKeys.SlidePartition(slide), TableKeys.NewestRow(slide, DateTimeOffset.UnixEpoch), TableKeys.RunPartition(slide, run),
            TableKeys.BatchRow(7), TableKeys.FailureRow("score", 7), TableKeys.OpenRunPartition(run), TableKeys.OpenRunRow(slide, run),
            TableKeys.UploadRow("\"0x8D/+=#\""),
        ];

        Assert.All(keys, AssertLegalKey);
    }

    private static void AssertLegalKey(string key)
    {
        Assert.InRange(key.Length, 1, 512);
        Assert.DoesNotContain(key, character => character is '/' or '\\' or '#' or '?' || char.IsControl(character));
    }

    private static bool IsWellFormed(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text;
}
