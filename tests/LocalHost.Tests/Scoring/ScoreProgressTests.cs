using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.LocalHost.Tests.Scoring;

public sealed class ScoreProgressTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly Task Never = Task.Delay(Timeout.Infinite, CancellationToken.None);

    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_can_t_be_read_fails_its_own_slide_alone()
    {
        // Gone since it was found, and, for what may not be opened, a folder.
        var good = Path.Combine(folder, "good.tif");
        await File.WriteAllTextAsync(good, "slide", Cancellation);
        var closed = Directory.CreateDirectory(Path.Combine(folder, "closed.tif")).FullName;
        var upload = new SlideUpload(azurite.ConnectionString, new Dictionary<string, string>());

        var reports = await new ScoreProgress().RunAsync(
            [new SlideFile(Path.Combine(folder, "gone.tif")), new SlideFile(closed), new SlideFile(good)],
            async (slide, tell, token) =>
            {
                await upload.SendAsync(slide, tell, token);
                return new SlideReport { Slide = slide.Name, SlideId = slide.Id.Value, Status = "Complete" };
            },
            Never,
            Cancellation);

        Assert.Equal([("gone.tif", "file-unreadable"), ("closed.tif", "file-unreadable"), ("good.tif", null)], reports.Select(report => (report.Slide, report.FailureCode)));
        Assert.Contains("gone.tif: the file can't be read", reports[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_that_ends_everything_ends_the_other_slides_waits_too()
    {
        var waiting = new TaskCompletionSource();

        await Assert.ThrowsAsync<InvalidDataException>(() => new ScoreProgress().RunAsync(
            [new SlideFile("waits.tif"), new SlideFile("fails.tif")],
            async (slide, _, token) =>
            {
                if (slide.Name == "waits.tif")
                {
                    waiting.SetResult();
                    await Task.Delay(Timeout.Infinite, token);
                }

                await waiting.Task;
                throw new InvalidDataException();
            },
            Never,
            Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);
}
