namespace IdcFunctions.Training.Artefact;

/// <summary>Where a model is written.</summary>
/// <param name="Folder">Folder of all models.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Version">The model's version.</param>
public sealed record ModelTarget(string Folder, string Name, string Version)
{
    /// <summary>The model's own folder.</summary>
    public string Path => System.IO.Path.Combine(Folder, Name, Version);

    /// <summary>Throws where the version exists: versions are immutable.</summary>
    /// <exception cref="IOException">It does.</exception>
    public void ThrowIfTaken()
    {
        if (Directory.Exists(Path))
        {
            throw new IOException($"{Path} exists, and versions are never overwritten. Give another --model-version.");
        }
    }
}
