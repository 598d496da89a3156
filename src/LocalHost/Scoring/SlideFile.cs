using IdcFunctions.Slides;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>A file to score. Its name, without the folder, is the slide's name.</summary>
/// <param name="Path">The file.</param>
public sealed record SlideFile(string Path)
{
    /// <summary>The slide's name.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(Path);

    /// <summary>The slide's id.</summary>
    public SlideId Id => SlideId.FromName(Name);
}
