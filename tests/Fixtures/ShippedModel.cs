using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Fixtures;

/// <summary>The model that the app is shipped with.</summary>
public static class ShippedModel
{
    /// <summary>The folder of its version.</summary>
    /// <param name="root">The repository's or the app's root.</param>
    public static string FolderIn(string root) =>
        Path.GetDirectoryName(Directory.EnumerateFiles(Path.Combine(root, "models"), BlobNames.ModelManifest, SearchOption.AllDirectories).Single())!;
}
