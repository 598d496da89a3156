using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Job;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Training.Tests.Job;

public sealed class RunFolderTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly TemporaryFolder temporary = new();
    private readonly FakeTimeProvider time = new();
    private readonly StringWriter log = new();
    private readonly CancellationTokenSource lost = new();
    private readonly TrainingRunId run = TrainingRunId.New(TimeProvider.System.GetUtcNow());

    public void Dispose()
    {
        temporary.Dispose();
        log.Dispose();
        lost.Dispose();
    }

    [Theory]
    [MemberData(nameof(StorageTrouble.Kinds), MemberType = typeof(StorageTrouble))]
    public async Task A_copy_that_fails_is_told_and_followed_by_the_next(string trouble)
    {
        var container = new ScriptedContainer { OnUpload = number => number == 1 ? Task.FromException(StorageTrouble.Of(trouble)) : Task.CompletedTask };
        await using var folder = await OpenAsync(container);
        await File.WriteAllTextAsync(folder.At(Checkpoint.FileName), "kept", TestContext.Current.CancellationToken);

        await time.AdvanceUntilAsync(Step, "the checkpoint is copied", () => !container.Uploaded.IsEmpty);

        Assert.Equal([BlobNames.TrainingCheckpoint(run, Checkpoint.FileName)], container.Uploaded);
        Assert.Contains("could not be copied", log.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The next trainer's checkpoint may lie there already.</summary>
    [Fact]
    public async Task Once_the_lock_is_lost_nothing_more_is_copied()
    {
        var container = new ScriptedContainer();
        await using var folder = await OpenAsync(container);
        await File.WriteAllTextAsync(folder.At("progress.json"), "{}", TestContext.Current.CancellationToken);
        await time.AdvanceUntilAsync(Step, "progress is copied", () => !container.Uploaded.IsEmpty);

        await lost.CancelAsync();
        await File.WriteAllTextAsync(folder.At(Checkpoint.FileName), "too late", TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(folder.FinishAsync);
        Assert.Single(container.Uploaded);
    }

    [Fact]
    public async Task A_request_to_stop_cancels_whatever_the_run_is_at()
    {
        var container = new ScriptedContainer();
        await using var folder = await OpenAsync(container);
        Assert.False(folder.Cancelled.IsCancellationRequested);

        container.Existing = BlobNames.TrainingCancel(run);

        await time.AdvanceUntilAsync(Step, "the run is cancelled", () => folder.Cancelled.IsCancellationRequested);
    }

    private Task<RunFolder> OpenAsync(ScriptedContainer container) =>
        RunFolder.OpenAsync(temporary.At("run"), container, run, time, log, lost.Token, TestContext.Current.CancellationToken);
}
