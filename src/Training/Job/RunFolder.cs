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
    private readonly TimeProvider time;
    private readonly TextWriter log;
    private readonly Dictionary<string, (long Length, DateTime Written)> sent = [];
    private readonly CancellationTokenSource ending = new();
    private readonly Task copying;

    private RunFolder(string path, BlobContainerClient container, TrainingRunId run, TimeProvider time, TextWriter log)
    {
        Path = path;
        this.container = container;
        this.run = run;
        this.time = time;
        this.log = log;
        copying = Task.Run(CopyUntilEndAsync);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>True where somebody asked the run to stop.</summary>
    public bool IsCancelled => File.Exists(At(ProgressFile.CancelName));

    /// <summary>Makes the folder anew with what the run goes on from, and begins to copy.</summary>
    public static async Task<RunFolder> OpenAsync(string path, BlobContainerClient container, TrainingRunId run, TimeProvider time, TextWriter log, CancellationToken cancellationToken)
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

        return new RunFolder(path, container, run, time, log);
    }

    /// <summary>Path of a file in it.</summary>
    public string At(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Copies what has changed, for the last time.</summary>
    /// <exception cref="RequestFailedException">Storage does not take it.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await ending.CancelAsync();
        await copying;
        await CopyAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await copying;
        ending.Dispose();
    }

    private async Task CopyUntilEndAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            try
            {
                if (!IsCancelled && await container.GetBlobClient(BlobNames.TrainingCancel(run)).ExistsAsync(ending.Token))
                {
                    await File.WriteAllBytesAsync(At(ProgressFile.CancelName), [], ending.Token);
                }

                await CopyAsync(ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException or IOException)
            {
                // The training goes on meanwhile; the last copy must succeed.
                await log.WriteLineAsync($"progress could not be copied to storage: {exception.Message.Split('\n')[0]}");
            }

            await Task.Delay(Interval, time, ending.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
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
