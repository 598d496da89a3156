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

    private readonly ZipArchive? zip;

    private PatchFiles(IReadOnlyList<string> names, string stamp, ZipArchive? zip)
    {
        Names = names;
        this.zip = zip;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stamp)));
    }

    /// <summary>All PNG files, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Changes when a file is added, taken away, or written: lower-case hex over names, lengths and times.</summary>
    public string Fingerprint { get; }

    /// <summary>Folders that are named as a case's and hold no PNG file.</summary>
    public IReadOnlyList<string> EmptyFolders { get; private init; } = [];

    /// <summary>Lists a data set.</summary>
    /// <exception cref="DatasetException">Nothing is there, or it is no zip.</exception>
    public static PatchFiles Open(string path)
    {
        if (Directory.Exists(path))
        {
            var files = new DirectoryInfo(path).EnumerateFiles("*.png", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
            return new PatchFiles([.. files.Select(file => file.FullName)], string.Join('\n', files.Select(file => $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}")), zip: null)
            {
                EmptyFolders = [.. Directory.EnumerateDirectories(path).Where(folder => !Directory.EnumerateFiles(folder, "*.png", SearchOption.AllDirectories).Any()).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)],
            };
        }

        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: there is no such folder or zip. Name the folder that holds the cases, or the zip.");
        }

        try
        {
            var file = new FileInfo(path);
            var zip = ZipFile.OpenRead(path);
            var names = zip.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(".png", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            return new PatchFiles(names, $"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}", zip);
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException($"{path}: this is no zip that can be read: {exception.Message} Download or pack it again.");
        }
    }

    /// <summary>What a file's name says; null where it does not follow the layout.</summary>
    public static LabelledPatch? Parse(string name) =>
        FileName().Match(name) is { Success: true } match
            ? new LabelledPatch(match.Groups["case"].Value, Number(match, "x"), Number(match, "y"), match.Groups["class"].Value == "1")
            : null;

    /// <summary>A file's content.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">The zip's entry is damaged.</exception>
    public byte[] Read(string name)
    {
        if (zip is null)
        {
            return File.ReadAllBytes(name);
        }

        var entry = zip.GetEntry(name)!;
        using var stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <inheritdoc/>
    public void Dispose() => zip?.Dispose();

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?:^|[/\\])(?<case>[^./\\][^/\\]*)_idx[0-9]+_x(?<x>[0-9]{1,9})_y(?<y>[0-9]{1,9})_class(?<class>[01])\.png$")]
    private static partial Regex FileName();
}
