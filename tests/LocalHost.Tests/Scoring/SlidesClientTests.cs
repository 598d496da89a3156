using Azure;
using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.LocalHost.Tests.Scoring;

public sealed class SlidesClientTests
{
    private static readonly SlideFile Slide = new("/slides/a.tif");
    private static readonly ETag Wanted = new("\"0x2\"");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_wait_ends_with_the_result_of_the_content_that_was_asked_for()
    {
        var report = await WaitAsync(
            isStored: true,
            null,
            new { slide = "a.tif", slideId = "a.tif", status = "Complete", etag = "\"0x1\"", patches = 1 },
            new { slide = "a.tif", slideId = "a.tif", status = "Scoring", etag = "\"0x2\"", patches = 1, resultOutdated = true },
            new { slide = "a.tif", slideId = "a.tif", status = "Complete", etag = "\"0x2\"", patches = 2 });

        Assert.Equal((true, 2), (report.IsComplete, report.Patches));
    }

    [Theory]
    [InlineData("Deleted", "Restore it")]
    [InlineData("Purging", "uploaded anew")]
    public async Task A_deleted_slide_ends_the_wait_and_the_report_says_the_way_out(string status, string remedy)
    {
        var report = await WaitAsync(isStored: true, new { slide = "a.tif", slideId = "a.tif", status, etag = "\"0x2\"", patches = 1 });

        Assert.Equal(("Deleted", false, null), (report.Status, report.IsComplete, report.Patches));
        Assert.Contains(remedy, report.Remedy, StringComparison.Ordinal);
    }

    /// <summary>New content takes back a deletion: until its event is handled, the app still tells of the old.</summary>
    [Fact]
    public async Task A_deletion_of_earlier_content_does_not_end_the_wait()
    {
        var report = await WaitAsync(
            isStored: true,
            new { slide = "a.tif", slideId = "a.tif", status = "Deleted", etag = "\"0x1\"" },
            new { slide = "a.tif", slideId = "a.tif", status = "Complete", etag = "\"0x2\"" });

        Assert.True(report.IsComplete);
    }

    [Fact]
    public async Task A_slide_that_is_neither_known_nor_stored_any_more_ends_the_wait()
    {
        var report = await WaitAsync(isStored: false, [null]);

        Assert.Equal(("Failed", "slide-replaced"), (report.Status, report.FailureCode));
    }

    [Fact]
    public async Task Content_that_was_replaced_ends_the_wait() =>
        Assert.Equal("slide-replaced", (await WaitAsync(isStored: false, new { slide = "a.tif", slideId = "a.tif", status = "Complete", etag = "\"0x3\"" })).FailureCode);

    [Fact]
    public async Task A_failed_slide_is_not_reported_with_the_figures_of_its_earlier_content()
    {
        var report = await WaitAsync(isStored: true, new
        {
            slide = "a.tif",
            slideId = "a.tif",
            run = "r2",
            status = "Failed",
            failureCode = "slide-damaged",
            reason = "It is damaged.",
            remedy = "Scan it again.",
            etag = "\"0x2\"",
            resultOutdated = true,
            patches = 7,
            tissueCells = 7,
            tumourAreaMm2 = 0.28,
            tumourFraction = 1.0,
            noTissueCells = 1,
            excludedCells = 1,
            stainDistance = 3.0,
            stainWarning = "unlike",
            model = "m 1.0.0",
            provider = "cpu",
            sha256 = "ab",
            bytesRead = 1L,
            slideBytes = 1L,
            gets = 1,
            attempts = 1,
        });

        Assert.Equal(
            new SlideReport { Slide = "a.tif", SlideId = "a.tif", Run = "r2", Status = "Failed", FailureCode = "slide-damaged", Reason = "It is damaged.", Remedy = "Scan it again.", Etag = "\"0x2\"", ResultOutdated = true },
            report);
    }

    private static async Task<SlideReport> WaitAsync(bool isStored, params object?[] answers)
    {
        await using var app = await ScriptedSlides.StartAsync(answers);
        using var client = new SlidesClient(app.Address);
        return await client.WaitAsync(Slide, Wanted, _ => Task.FromResult(isStored), static _ => { }, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}
