using System.Collections.Immutable;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Which files a command line means.</summary>
public static class SlideFiles
{
    /// <summary>What is taken for a slide in a folder; a file that is named itself is taken whatever it is called.</summary>
    private static readonly ImmutableArray<string> Extensions =
        [".svs", ".tif", ".tiff", ".ndpi", ".scn", ".bif", ".mrxs", ".vms", ".dcm", ".png", ".jpg", ".jpeg"];

    /// <summary>The files, sorted by name.</summary>
    /// <exception cref="IOException">A path is not there, a folder has no slide, or two files have the same name.</exception>
    public static ImmutableArray<SlideFile> Find(IEnumerable<string> paths)
    {
        var files = paths.SelectMany(Expand).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(path => new SlideFile(path)).ToList();
        foreach (var same in files.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()))
        {
            throw new IOException(
                $"Two slides have the name {same.Key}: {string.Join(" and ", same.Select(file => file.Path))}. "
                + "Slides are known by their names; rename one, or score them with different --data folders.");
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new IOException($"{path}: there is no such file or folder.");
        }

        var slides = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .ToList();
        return slides.Count > 0
            ? slides
            : throw new IOException(
                $"{path}: the folder has no slides ({string.Join(' ', Extensions)}). "
                + "Name the files themselves if they are called otherwise.");
    }
}
