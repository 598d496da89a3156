namespace IdcFunctions.LocalHost;

/// <summary>Held by the one process that runs a storage over a data folder: two would each write their own state over the other's.</summary>
public sealed class DataFolderLock : IAsyncDisposable
{
    private readonly FileStream held;

    private DataFolderLock(FileStream held) => this.held = held;

    /// <summary>Takes the lock of a folder; null where another process has it. It ends with the process, however that ends.</summary>
    /// <exception cref="IOException">The folder is not there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written.</exception>
    public static DataFolderLock? TryTake(string folder)
    {
        try
        {
            return new DataFolderLock(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => held.DisposeAsync();
}
