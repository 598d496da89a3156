namespace IdcFunctions.Bench.Line;

/// <summary>A folder for what a measurement needs on disk, taken away at the end.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("idc-line-");

    /// <summary>Where it is.</summary>
    public string Path => folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
