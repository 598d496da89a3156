using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Viewing;

/// <summary>
/// Copies of slides on this machine's disk, for those that can't be read by parts where they lie. One is made at a time;
/// the least recently used goes first when there is no more room. What a dead process left is removed at the start.
/// </summary>
public sealed class ViewCopies : IDisposable
{
    private const string Folder = "idc-views";

    private readonly ConcurrentDictionary<(string Name, string Etag), Task<string>> making = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly TimeSpan wait;
    private readonly TimeProvider time;
    private readonly string folder;
    private readonly long mostBytes;
    private readonly MemoryCache copies;
    private int made;

    /// <summary>Makes the folder.</summary>
    public ViewCopies(IOptions<ViewOptions> options, TimeProvider time)
    {
        this.time = time;
        wait = options.Value.CopyWait;
        var all = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Folder));
        foreach (var left in all.EnumerateDirectories().Where(left => !Directory.Exists($"/proc/{left.Name}")))
        {
            left.Delete(recursive: true);
        }

        folder = all.CreateSubdirectory(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)).FullName;
        mostBytes = Math.Min((long)options.Value.CopyGibibytes << 30, new DriveInfo(folder).AvailableFreeSpace / 2);
        copies = new MemoryCache(new MemoryCacheOptions { SizeLimit = mostBytes });
    }

    /// <summary>True where a copy is there already.</summary>
    public bool Has(string name, string etag) => copies.TryGetValue((name, etag), out _);

    /// <summary>The copy's path; made where there is none.</summary>
    /// <param name="name">The slide's name.</param>
    /// <param name="etag">Its content.</param>
    /// <param name="bytes">The slide's length: the room that a copy needs, at most about.</param>
    /// <param name="make">Writes the copy.</param>
    /// <param name="cancellationToken">Ends the wait, not the copying: the next request wants it too.</param>
    /// <exception cref="ViewPreparingException">It takes longer than a request waits.</exception>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    public async Task<string> GetAsync(string name, string etag, long bytes, Func<string, CancellationToken, Task> make, CancellationToken cancellationToken)
    {
        if (copies.TryGetValue((name, etag), out string? known))
        {
            return known!;
        }

        if (bytes > mostBytes)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB would have to be copied, {mostBytes / 1e9:0.0} GB may be."));
        }

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
        copies.Dispose();
        turn.Dispose();
        stopping.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> MakeAsync((string Name, string Etag) key, long bytes, Func<string, CancellationToken, Task> make)
    {
        var path = Path.Combine(folder, Interlocked.Increment(ref made).ToString(CultureInfo.InvariantCulture));
        try
        {
            await turn.WaitAsync(stopping.Token);
            try
            {
                await make(path, stopping.Token);
            }
            catch
            {
                File.Delete(path);
                throw;
            }
            finally
            {
                turn.Release();
            }

            var entry = new MemoryCacheEntryOptions { Size = Math.Max(bytes, new FileInfo(path).Length) };
            entry.RegisterPostEvictionCallback(static (_, file, _, _) => File.Delete((string)file!));
            return copies.Set(key, path, entry);
        }
        finally
        {
            making.TryRemove(key, out _);
        }
    }
}
