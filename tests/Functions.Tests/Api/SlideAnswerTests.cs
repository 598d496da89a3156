using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Tests.Api;

public sealed class SlideAnswerTests
{
    private const string Published = "\"0x1\"";
    private const string Wanted = "\"0x2\"";

    [Fact]
    public void New_content_that_has_no_run_is_told_by_its_own_etag_beside_the_outdated_result()
    {
        var row = PublishedRow();
        (row.WantedRun, row.WantedEtag, row.Status, row.FailureCode) = (null, Wanted, nameof(RunState.Failed), "no-active-model");

        var answer = SlideAnswer.Of(row, null, []);

        Assert.Equal((Wanted, true, Published), (answer.Etag, answer.ResultOutdated, answer.Result!.Settings.Etag));
    }

    [Fact]
    public void A_slide_in_a_listing_is_told_by_the_wanted_contents_etag()
    {
        var row = PublishedRow();
        (row.WantedRun, row.WantedEtag, row.Status) = ("b", Wanted, nameof(RunState.Tiling));

        Assert.Equal(Wanted, SlideAnswer.Of(row, null, []).Etag);
    }

    [Fact]
    public void Where_no_content_is_wanted_the_published_ones_etag_is_told()
    {
        var row = PublishedRow();
        (row.WantedRun, row.WantedEtag, row.Status) = (null, null, nameof(RunState.Failed));

        Assert.Equal(Published, SlideAnswer.Of(row, null, []).Etag);
    }

    private static SlideRow PublishedRow()
    {
        var settings = ToyRun.Settings("a.svs") with { Etag = Published };
        var row = new SlideRow { RowKey = "a.svs", Name = "a.svs" };
        row.Publish(new RunDocument
        {
            Slide = "a.svs",
            SlideId = "a.svs",
            Run = "a",
            Settings = settings,
            Properties = new SlideProperties("tiff", 800, 800, 1, 1, "slide", 0, 800, 800),
            Summary = new SlideSummary(1, 16, 1, 1, 0.5, 0.04, 0.04, 1, 0.9, 0.9),
            Model = "m 1.0.0",
            Providers = ["cpu"],
            Sha256 = null,
            BytesRead = 1,
            Gets = 1,
            Attempts = 1,
            Decided = DateTimeOffset.UnixEpoch,
            Completed = DateTimeOffset.UnixEpoch,
            Seconds = new RunSeconds(0, 0, 0, 0, 0),
        });
        return row;
    }
}
