namespace IdcFunctions.Tiling.Reading.OpenSlide;

/// <summary>
/// A slide copied to a temporary file, for readers that know files only: one at a time on a machine, and only where the
/// disk has room for it. A file that a dead process left behind is removed by the next.
/// </summary>
internal sealed class ScratchFile : IDisposable
{
    private const string Folder = "idc-scratch";

    /// <summary>Left free for everybody else on the disk.</summary>
    private const long SpareBytes = 512L << 20;

    private static readonly TimeSpan TurnInterval = TimeSpan.FromMilliseconds(100);

    private readonly FileStream turn;

    private ScratchFile(FileStream turn, string path)
    {
        this.turn = turn;
        Path = path;
    }

    /// <summary>The copy.</summary>
    public string Path { get; }

    /// <summary>Waits for its turn and copies the slide.</summary>
    /// <exception cref="Slides.SlideRefusedException">The disk has no room for it.</exception>
    public static ScratchFile Copy(IRangeSource source, string slide, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), Folder)).FullName;
        var turn = WaitForTurn(System.IO.Path.Combine(folder, "turn"), cancellationToken);
        var path = System.IO.Path.Combine(folder, "slide");
        try
        {
            File.Delete(path);
            var free = new DriveInfo(folder).AvailableFreeSpace;
            if (free < source.Length + SpareBytes)
            {
                throw SlideFailures.NoScratchSpace(slide, source.Length, free);
            }

            source.CopyTo(path, cancellationToken);
            return new ScratchFile(turn, path);
        }
        catch
        {
            File.Delete(path);
            turn.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Path);
        turn.Dispose();
    }

    private static FileStream WaitForTurn(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (exception is not (DirectoryNotFoundException or FileNotFoundException))
            {
                cancellationToken.WaitHandle.WaitOne(TurnInterval);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
