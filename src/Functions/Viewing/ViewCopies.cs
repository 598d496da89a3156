using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Viewing;

/// <summary>
/// Copies of slides on this machine's disk, for those that can't be read by parts where they lie. One is made at a time;
/// the least recently used go first where there is no more room. They lie in a folder that only this process's user can
/// read; what a dead process left is removed at the start.
/// </summary>
public sealed class ViewCopies : IDisposable
{
    private const string FolderPrefix = "idc-views-";

    private readonly ConcurrentDictionary<(string Name, string Etag), Task<string>> making = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly TimeSpan wait;
    private readonly TimeProvider time;
    private readonly string folder;
    private readonly long mostBytes;
    private readonly Lock gate = new();

    /// <summary>The least recently used first.</summary>
    private readonly LinkedList<Copy> copies = new();
    private int made;

    /// <summary>Makes the folder.</summary>
    public ViewCopies(IOptions<ViewOptions> options, TimeProvider time)
    {
        this.time = time;
        wait = options.Value.CopyWait;
        var folders = new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories($"{FolderPrefix}*");
        foreach (var left in folders.Where(static left => !IsOfRunningProcess(left.Name)))
        {
            TryDelete(left.FullName);
        }

        // Its name can't be foreseen, and on Unix its mode is 0700: nobody else can make it first, or read slides in it.
        folder = Directory.CreateTempSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{FolderPrefix}{Environment.ProcessId}-")).FullName;
        mostBytes = Math.Min((long)options.Value.CopyGibibytes << 30, new DriveInfo(folder).AvailableFreeSpace / 2);
    }

    /// <summary>True where a copy is there already.</summary>
    public bool Has(string name, string etag) => Find((name, etag)) is not null;

    /// <summary>The copy's path; made where there is none.</summary>
    /// <param name="name">The slide's name.</param>
    /// <param name="etag">Its content.</param>
    /// <param name="bytes">The slide's length: the room that a copy needs, about.</param>
    /// <param name="make">Writes the copy.</param>
    /// <param name="cancellationToken">Ends the wait, not the copying: the next request wants it too.</param>
    /// <exception cref="ViewPreparingException">It takes longer than a request waits.</exception>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    public async Task<string> GetAsync(
        string name, string etag, long bytes, Func<string, CancellationToken, Task> make, CancellationToken cancellationToken)
    {
        if (Find((name, etag)) is { } known)
        {
            return known;
        }

        ThrowIfBeyond(bytes);
        var copying = making.GetOrAdd((name, etag), key => Task.Run(() => MakeAsync(key, bytes, make)));
        try
        {
            return await copying.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException) when (!copying.IsFaulted)
        {
            throw new ViewPreparingException(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        turn.Dispose();
        stopping.Dispose();
        TryDelete(folder);
    }

    private string? Find((string Name, string Etag) key)
    {
        lock (gate)
        {
            for (var at = copies.First; at is not null; at = at.Next)
            {
                if (at.Value.Key == key)
                {
                    copies.Remove(at);
                    copies.AddLast(at);
                    return at.Value.Path;
                }
            }

            return null;
        }
    }

    private async Task<string> MakeAsync((string Name, string Etag) key, long bytes, Func<string, CancellationToken, Task> make)
    {
        try
        {
            await turn.WaitAsync(stopping.Token);
            try
            {
                // Another request may have made it between this one's look and its turn.
                if (Find(key) is { } known)
                {
                    return known;
                }

                MakeRoom(bytes);
                return await CopyAsync(key, make);
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            making.TryRemove(key, out _);
        }
    }

    private async Task<string> CopyAsync((string Name, string Etag) key, Func<string, CancellationToken, Task> make)
    {
        var path = Path.Combine(folder, (++made).ToString(CultureInfo.InvariantCulture));
        try
        {
            await make(path, stopping.Token);

            // A pyramid that is made of a picture may be larger than the picture.
            var bytes = new FileInfo(path).Length;
            ThrowIfBeyond(bytes);
            MakeRoom(bytes);
            lock (gate)
            {
                copies.AddLast(new Copy(key, path, bytes));
            }

            return path;
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Deletes the least recently used copies until there is room for another.</summary>
    private void MakeRoom(long bytes)
    {
        lock (gate)
        {
            while (copies.First is { Value: var oldest } && copies.Sum(static copy => copy.Bytes) > mostBytes - bytes)
            {
                copies.RemoveFirst();
                File.Delete(oldest.Path);
            }
        }
    }

    private void ThrowIfBeyond(long bytes)
    {
        if (bytes > mostBytes)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"{bytes / 1e9:0.0} GB would have to be copied, {mostBytes / 1e9:0.0} GB may be."));
        }
    }

    private static bool IsOfRunningProcess(string folder)
    {
        if (!int.TryParse(folder[FolderPrefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return true;
        }

        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Deletes a folder where that can be done: it may be another user's, or another process may be at it.</summary>
    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    private sealed record Copy((string Name, string Etag) Key, string Path, long Bytes);
}
