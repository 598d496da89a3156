using Azure;
using Azure.Storage.Blobs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training.Job;

/// <summary>
/// A run's folder on this machine and its copy in storage. The trainer writes and reads the folder as it does without a
/// job; every two seconds what has changed in it goes to storage, and a request to stop comes back.
/// </summary>
public sealed class RunFolder : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly BlobContainerClient container;
    private readonly TrainingRunId run;
    private readonly CancellationToken lost;
    private readonly TextWriter log;
    private readonly Dictionary<string, (long Length, DateTime Written)> sent = [];
    private readonly CancellationTokenSource cancelled = new();
    private readonly Repetition copying;

    private RunFolder(string path, BlobContainerClient container, TrainingRunId run, TimeProvider time, TextWriter log, CancellationToken lost)
    {
        Path = path;
        this.container = container;
        this.run = run;
        this.lost = lost;
        this.log = log;
        Cancelled = cancelled.Token;
        copying = new Repetition(Interval, Timeout.InfiniteTimeSpan, LookAndCopyAsync, GoesOnAfterAsync, time);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Cancelled when somebody asks the run to stop.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>Makes the folder anew with what the run goes on from, and begins to copy.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="container">Container <c>training-runs</c>.</param>
    /// <param name="run">The run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets what goes wrong.</param>
    /// <param name="lost">Cancelled when the run is another trainer's: nothing is copied over what that one writes.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    public static async Task<RunFolder> OpenAsync(string path, BlobContainerClient container, TrainingRunId run, TimeProvider time, TextWriter log, CancellationToken lost, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(path);
        foreach (var file in (string[])[Checkpoint.FileName, ProgressFile.Name])
        {
            var blob = container.GetBlobClient(NameOf(run, file));
            if (await blob.ExistsAsync(cancellationToken))
            {
                await blob.DownloadToAsync(System.IO.Path.Combine(path, file), cancellationToken);
            }
        }

        return new RunFolder(path, container, run, time, log, lost);
    }

    /// <summary>Path of a file in it.</summary>
    public string At(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Looks whether somebody asked the run to stop.</summary>
    public async Task LookForCancelAsync(CancellationToken cancellationToken)
    {
        if (!cancelled.IsCancellationRequested && await container.GetBlobClient(BlobNames.TrainingCancel(run)).ExistsAsync(cancellationToken))
        {
            await cancelled.CancelAsync();
        }
    }

    /// <summary>Copies what has changed, for the last time.</summary>
    /// <exception cref="RequestFailedException">Storage does not take it.</exception>
    /// <exception cref="OperationCanceledException">The run is another trainer's.</exception>
    public async Task FinishAsync()
    {
        await copying.EndAsync();
        await CopyAsync(lost);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await copying.DisposeAsync();
        cancelled.Dispose();
    }

    private async Task LookAndCopyAsync(CancellationToken cancellationToken)
    {
        await LookForCancelAsync(cancellationToken);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(lost, cancellationToken);
        await CopyAsync(both.Token);
    }

    /// <summary>The training goes on meanwhile; the last copy must succeed.</summary>
    private async Task<bool> GoesOnAfterAsync(Exception exception)
    {
        if (!lost.IsCancellationRequested)
        {
            await log.WriteLineAsync($"progress could not be copied to storage: {exception.Message.Split('\n')[0]}");
        }

        return !lost.IsCancellationRequested;
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        foreach (var file in new DirectoryInfo(Path).EnumerateFiles().Where(file => file.Extension is ".json" or ".ckpt" or ".dat").ToList())
        {
            // Opened before its time is read: a file that is replaced meanwhile is copied again.
            await using var content = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var version = (content.Length, File.GetLastWriteTimeUtc(content.SafeFileHandle));
            if (sent.GetValueOrDefault(file.Name) != version)
            {
                await container.GetBlobClient(NameOf(run, file.Name)).UploadAsync(content, overwrite: true, cancellationToken);
                sent[file.Name] = version;
            }
        }
    }

    private static string NameOf(TrainingRunId run, string file) =>
        System.IO.Path.GetExtension(file) is ".ckpt" or ".dat" ? BlobNames.TrainingCheckpoint(run, file) : BlobNames.TrainingFile(run, file);
}
