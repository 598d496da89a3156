using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IdcFunctions.Training.Data;

/// <summary>
/// The files of a data set in the layout of the Kaggle set "Breast Histopathology Images":
/// <c>{case}/{0|1}/{case}_idx5_x{X}_y{Y}_class{0|1}.png</c>, in a folder or a zip, wherever below its root they lie.
/// </summary>
public sealed partial class PatchFiles : IDisposable
{
    /// <summary>How a labelled patch is named.</summary>
    public const string Naming = "{case}_idx5_x{X}_y{Y}_class{0|1}.png";

    /// <summary>Name of the table that an export of reviewers' corrections holds beside its patches.</summary>
    private const string CorrectionsName = "corrections.csv";

    private readonly Dictionary<string, ZipArchiveEntry> zipped;
    private readonly IReadOnlyList<ZipArchive> zips;
    private readonly string root;

    private PatchFiles(string root, IReadOnlyList<string> files, IEnumerable<string> folders, ZipEntries entries, string stamp)
    {
        this.root = root;
        zipped = entries.Files;
        zips = entries.Zips;
        DoubledEntries = entries.Doubled;
        var all = files.Concat(zipped.Keys).Order(StringComparer.Ordinal).ToList();
        Names = [.. all.Where(name => name.EndsWith(".png", StringComparison.Ordinal))];
        Corrections = [.. all.Where(name => Path.GetFileName(name) == CorrectionsName)];
        Others = [.. all.Except(Names).Except(Corrections)];
        EmptyCases = CaseFolders.Empty(folders.Concat(entries.Folders), all, Names);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp)));
    }

    /// <summary>All PNG files, sorted, as they are named below the data set's root.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Changes when a file is added or taken away, or one that can hold patches or corrections is written: lower-case hex
    /// over names, lengths and times.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Folders that are laid out as a case's and hold no PNG file, by their names.</summary>
    public IReadOnlyList<string> EmptyCases { get; }

    /// <summary>The tables of reviewers' corrections among the files, whose slides are named in the first column.</summary>
    public IReadOnlyList<string> Corrections { get; }

    /// <summary>All other files, sorted: what is no PNG, zip or table can hold no patch.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>Entries that a zip holds once more, with the same content.</summary>
    public int DoubledEntries { get; }

    /// <summary>What is said where nothing is at a path.</summary>
    public static string MissingFault(string path) => $"{path}: there is no such folder or zip. Name the folder that holds the cases, or the zip.";

    /// <summary>Lists a data set: a zip, or a folder of files and zips.</summary>
    /// <param name="path">The zip or folder.</param>
    /// <param name="except">A folder that is no part of it, wherever it lies: that of the packs.</param>
    /// <exception cref="DatasetException">Nothing is there, or a zip can't be read, or holds two files of one name.</exception>
    public static PatchFiles Open(string path, string except)
    {
        if (Directory.Exists(path))
        {
            var left = Path.GetFullPath(except) + Path.DirectorySeparatorChar;
            var entries = new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
                .Where(entry => !(entry.FullName + Path.DirectorySeparatorChar).StartsWith(left, StringComparison.Ordinal)).OrderBy(entry => entry.FullName, StringComparer.Ordinal).ToList();
            var files = entries.OfType<FileInfo>().ToList();
            return List(path, files, [.. files.Where(file => file.Extension == ".zip")], zip => $"{Path.GetRelativePath(path, zip.FullName)}/", entries.OfType<DirectoryInfo>().Select(folder => Path.GetRelativePath(path, folder.FullName)));
        }

        var single = new FileInfo(path);
        return single.Exists ? List("", [single], [single], _ => "", []) : throw new DatasetException(MissingFault(path));
    }

    /// <summary>What a file's name says; null where it does not follow the layout, or its case is no line of a list of cases.</summary>
    public static LabelledPatch? Parse(string name) =>
        FileName().Match(name) is { Success: true } match
            ? new LabelledPatch(match.Groups["case"].Value, Number(match, "x"), Number(match, "y"), match.Groups["class"].Value == "1")
            : null;

    /// <summary>A file's content.</summary>
    /// <param name="name">One of <see cref="Names"/> or <see cref="Corrections"/>.</param>
    /// <param name="mostBytes">The most that is taken into memory: an entry of a few kilobytes can state gigabytes.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">It is longer, or the zip's entry is damaged.</exception>
    public byte[] Read(string name, int mostBytes)
    {
        var path = Path.Combine(root, name);
        var length = zipped.TryGetValue(name, out var entry) ? entry.Length : new FileInfo(path).Length;
        if (length > mostBytes)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes, and {mostBytes} are the most."));
        }

        if (entry is null)
        {
            return File.ReadAllBytes(path);
        }

        using var stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var zip in zips)
        {
            zip.Dispose();
        }
    }

    private static PatchFiles List(string root, IReadOnlyList<FileInfo> files, IReadOnlyList<FileInfo> zips, Func<FileInfo, string> prefixOf, IEnumerable<string> folders)
    {
        var entries = ZipEntries.Open(zips, prefixOf);
        var stamp = string.Join('\n', files.Select(file => file.Extension is ".png" or ".zip" || file.Name == CorrectionsName
            ? $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}"
            : file.FullName));
        return new PatchFiles(root, [.. files.Except(zips).Select(file => Path.GetRelativePath(root, file.FullName))], folders, entries, stamp);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?:^|[/\\])(?<case>[^./\\\p{Cc}\p{Zl}\p{Zp}][^/\\\p{Cc}\p{Zl}\p{Zp}]*)_idx[0-9]+_x(?<x>[0-9]{1,9})_y(?<y>[0-9]{1,9})_class(?<class>[01])\.png$")]
    private static partial Regex FileName();
}
