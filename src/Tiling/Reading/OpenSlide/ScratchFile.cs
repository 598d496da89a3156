using System.Globalization;
using System.Runtime.InteropServices;

namespace IdcFunctions.Tiling.Reading.OpenSlide;

/// <summary>
/// A slide copied to a temporary file, for readers that know files only: one at a time of a user on a machine, only where the
/// disk has room for it, and in a folder that nobody else can look into. A file that a dead process left behind is removed by
/// the next.
/// </summary>
internal sealed partial class ScratchFile : IDisposable
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

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
    /// <exception cref="Slides.SlideRefusedException">The disk has no room for it, or others can look into the folder.</exception>
    public static ScratchFile Copy(IRangeSource source, string slide, CancellationToken cancellationToken)
    {
        var folder = OpenFolder(slide);
        FileStream turn;
        try
        {
            turn = WaitForTurn(System.IO.Path.Combine(folder, "turn"), source, cancellationToken);
        }
        catch (UnauthorizedAccessException)
        {
            // It is another user's.
            throw SlideFailures.ScratchFolderShared(slide, folder);
        }

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

    /// <summary>The user's own folder. Its name can be foreseen, so that somebody else may have made it first.</summary>
    private static string OpenFolder(string slide)
    {
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(System.IO.Path.Combine(System.IO.Path.GetTempPath(), "idc-scratch")).FullName;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"idc-scratch-{GetEffectiveUser()}");
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), name);
        Directory.CreateDirectory(folder, OwnersAlone);
        if (new DirectoryInfo(folder).LinkTarget is not null || File.GetUnixFileMode(folder) != OwnersAlone)
        {
            throw SlideFailures.ScratchFolderShared(slide, folder);
        }

        return folder;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    private static FileStream WaitForTurn(string file, IRangeSource source, CancellationToken cancellationToken)
    {
        source.TellWaiting();
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
