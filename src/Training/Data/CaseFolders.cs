namespace IdcFunctions.Training.Data;

/// <summary>The folders of a data set that are laid out as a case's: they hold folders <c>0</c> or <c>1</c>, or nothing at all.</summary>
public static class CaseFolders
{
    private static readonly string[] Classes = ["0", "1"];

    /// <summary>The names of those without a patch, at any depth.</summary>
    /// <param name="folders">Folders that are named by themselves.</param>
    /// <param name="files">All files; their folders are looked at too.</param>
    /// <param name="patches">Those of the files that may be patches.</param>
    public static IReadOnlyList<string> Empty(IEnumerable<string> folders, IEnumerable<string> files, IEnumerable<string> patches)
    {
        var named = folders.Select(Slashed).ToHashSet();
        var all = named.Concat(Above(named)).Concat(Above(files.Select(Slashed))).ToHashSet();
        var filled = Above(patches.Select(Slashed)).ToHashSet();
        var parents = Above(files.Select(Slashed).Concat(all)).ToHashSet();
        return [.. all
            .Where(folder => !filled.Contains(folder)
                && !Classes.Contains(Name(folder))
                && (!parents.Contains(folder) || Classes.Any(label => all.Contains($"{folder}/{label}"))))
            .Select(Name).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Above(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
            {
                yield return path[..end];
            }
        }
    }

    private static string Slashed(string path) => path.Replace('\\', '/');

    private static string Name(string folder) => folder[(folder.LastIndexOf('/') + 1)..];
}
