namespace IdcFunctions.Training.Artefact;

/// <summary>Where a model is written.</summary>
/// <param name="Folder">Folder of all models.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
public sealed record ModelTarget(string Folder, string Name, string Version)
{
    /// <summary>The model's own folder.</summary>
    public string Path => System.IO.Path.Combine(Folder, Name, Version);

    /// <summary>What is wrong with name and version.</summary>
    public IEnumerable<string> Faults() =>
        from item in new[] { (Option: "--name", Value: Name), (Option: "--model-version", Value: Version) }
        where !StoredName.IsValid(item.Value)
        select $"{item.Option} '{item.Value}': {StoredName.Rule}.";

    /// <summary>Throws where the version exists: versions are immutable.</summary>
    /// <exception cref="IOException">It exists.</exception>
    public void ThrowIfTaken()
    {
        if (Directory.Exists(Path))
        {
            throw new IOException($"{Path} exists, and versions are never overwritten. Give another --model-version.");
        }
    }

    /// <summary>Writes all files or none: they are put beside it first, so that a version that exists is whole.</summary>
    /// <param name="files">Content by file name.</param>
    /// <exception cref="IOException">It exists.</exception>
    public void Write(IReadOnlyDictionary<string, byte[]> files)
    {
        ThrowIfTaken();
        var parent = Directory.CreateDirectory(System.IO.Path.Combine(Folder, Name));
        var unfinished = System.IO.Path.Combine(parent.FullName, $".{Version}.{Environment.ProcessId}");
        Directory.CreateDirectory(unfinished);
        foreach (var (name, content) in files)
        {
            File.WriteAllBytes(System.IO.Path.Combine(unfinished, name), content);
        }

        Directory.Move(unfinished, Path);
    }
}
