namespace IdcFunctions.LocalHost;

/// <summary>The file in a data folder by which the process that serves it is found.</summary>
/// <param name="folder">The data folder.</param>
public sealed class SiteAddress(string folder)
{
    /// <summary>Stands for the address where <c>idc storage</c> runs: there is no app to find.</summary>
    private const string StorageOnly = "storage only";

    private readonly string file = Path.Combine(folder, "address");

    /// <summary>Says where the app answers and what its storage is.</summary>
    public Task WriteAsync(Uri app, string connection, CancellationToken cancellationToken) =>
        WriteAsync([app.ToString(), connection], cancellationToken);

    /// <summary>Says that there is a storage and no app.</summary>
    public Task WriteStorageOnlyAsync(CancellationToken cancellationToken) => WriteAsync([StorageOnly], cancellationToken);

    /// <summary>What the serving process wrote; null until it has.</summary>
    /// <exception cref="IOException">Only a storage is served.</exception>
    public async Task<(Uri App, string Connection)?> FindAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        return await File.ReadAllLinesAsync(file, cancellationToken) switch
        {
            [StorageOnly] => throw new IOException(
                $"{folder} is in use by 'idc storage', which serves no app. Stop it first, or give another folder with --data."),
            [var app, var connection] => (new Uri(app), connection),
            _ => null,
        };
    }

    /// <summary>Takes away what this process, or one that died, has written.</summary>
    public void Remove() => File.Delete(file);

    private async Task WriteAsync(string[] lines, CancellationToken cancellationToken)
    {
        // A file that is there is whole.
        await File.WriteAllLinesAsync($"{file}.new", lines, cancellationToken);
        File.Move($"{file}.new", file, overwrite: true);
    }
}
