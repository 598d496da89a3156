using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using NetVips;

namespace IdcFunctions.Training.Data;

/// <summary>
/// Labelled 50×50 patches in memory, in the layout of the Kaggle set "Breast Histopathology Images":
/// <c>{case}/{0|1}/{case}_idx5_x{X}_y{Y}_class{0|1}.png</c>, from a folder or a zip, wherever below its root it lies.
/// </summary>
public sealed partial class PatchDataset
{
    /// <summary>A patch's side in pixels.</summary>
    public const int Side = 50;

    /// <summary>Bytes of a patch.</summary>
    public const int PatchBytes = Side * Side * 3;

    private const string Naming = "{case}_idx5_x{X}_y{Y}_class{0|1}.png";

    private PatchDataset(IReadOnlyList<LabelledPatch> patches, byte[] pixels)
    {
        Patches = patches;
        Pixels = pixels;
    }

    /// <summary>The patches, sorted by case, row and column.</summary>
    public IReadOnlyList<LabelledPatch> Patches { get; }

    /// <summary>Their pixels: uint8 RGB, NHWC.</summary>
    public byte[] Pixels { get; }

    /// <summary>Files left out since the same patch was there already; the Kaggle archive holds itself a second time.</summary>
    public int Duplicates { get; private init; }

    /// <summary>Files left out since they are not 50×50: the slides' borders.</summary>
    public int OddSizes { get; private init; }

    /// <summary>PNG files of the whole set left out since their names do not follow the layout.</summary>
    public int OtherNames { get; private init; }

    /// <summary>Loads the patches of some cases.</summary>
    /// <param name="path">A folder or a zip.</param>
    /// <param name="cases">The cases wanted.</param>
    /// <exception cref="DatasetException">Nothing is there, a wanted case is missing, a file can't be read, or two files disagree about a patch.</exception>
    public static PatchDataset Load(string path, IReadOnlySet<string> cases) => WithFiles(path, files => Read(path, files, cases));

    /// <summary>The cases of a data set, sorted, counted from the files' names; nothing is decoded.</summary>
    /// <exception cref="DatasetException">Nothing is there, or no file is named as a labelled patch.</exception>
    public static IReadOnlyList<CaseCount> CasesIn(string path)
    {
        var patches = WithFiles(path, files => files.Select(file => Parse(file.Name)).OfType<LabelledPatch>().ToHashSet());
        return patches.Count > 0
            ? [.. patches.GroupBy(patch => patch.Case).Select(group => new CaseCount(group.Key, group.Count(), group.Count(patch => patch.IsIdc))).OrderBy(item => item.Case, StringComparer.Ordinal)]
            : throw new DatasetException($"{path}: no file is named {Naming}. Name the folder that holds the cases, or the zip.");
    }

    /// <summary>Throws where all patches have one label.</summary>
    /// <param name="side">What the patches are for, for the message.</param>
    /// <exception cref="DatasetException">They have.</exception>
    public void ThrowIfOneClass(string side)
    {
        var idc = Patches.Count(patch => patch.IsIdc);
        if (idc == 0 || idc == Patches.Count)
        {
            throw new DatasetException($"The {Patches.Count} patches for {side} are {(idc == 0 ? "all non-IDC" : "all IDC")}. Both classes are needed: put other cases there.");
        }
    }

    private static T WithFiles<T>(string path, Func<IEnumerable<(string Name, Func<byte[]> Open)>, T> read)
    {
        if (Directory.Exists(path))
        {
            return read(Directory.EnumerateFiles(path, "*.png", SearchOption.AllDirectories).Select(file => (file, (Func<byte[]>)(() => File.ReadAllBytes(file)))));
        }

        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: there is no such folder or zip. Name the folder that holds the cases, or the zip.");
        }

        try
        {
            using var zip = ZipFile.OpenRead(path);
            return read(zip.Entries.Where(entry => entry.Name.EndsWith(".png", StringComparison.Ordinal)).Select(entry => (entry.FullName, (Func<byte[]>)(() => ReadEntry(entry)))));
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException($"{path}: this is no zip that can be read: {exception.Message} Download or pack it again.");
        }
    }

    private static PatchDataset Read(string path, IEnumerable<(string Name, Func<byte[]> Open)> files, IReadOnlySet<string> cases)
    {
        var found = new Dictionary<(string Case, int X, int Y), (LabelledPatch Patch, byte[] Pixels, string Name)>();
        int duplicates = 0, oddSizes = 0, otherNames = 0;
        foreach (var (name, open) in files)
        {
            if (Parse(name) is not { } patch)
            {
                otherNames++;
                continue;
            }

            if (!cases.Contains(patch.Case))
            {
                continue;
            }

            ThrowIfInOtherFolder(name, patch);
            var pixels = Decode(name, open);
            if (pixels is null)
            {
                oddSizes++;
                continue;
            }

            if (!found.TryAdd((patch.Case, patch.X, patch.Y), (patch, pixels, name)))
            {
                var other = found[(patch.Case, patch.X, patch.Y)];
                if (other.Patch != patch || !other.Pixels.AsSpan().SequenceEqual(pixels))
                {
                    throw new DatasetException($"{name} and {other.Name} are the same patch of case {patch.Case} with another {(other.Patch != patch ? "label" : "content")}. Remove one of them.");
                }

                duplicates++;
            }
        }

        var missing = cases.Except(found.Keys.Select(key => key.Case)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            throw new DatasetException($"{path}: no 50×50 patches of the cases {string.Join(", ", missing.Take(10))}{(missing.Count > 10 ? $" and {missing.Count - 10} more" : "")}. Correct the case lists or the data set.");
        }

        if (found.Count > Array.MaxLength / PatchBytes)
        {
            throw new DatasetException($"{path}: {found.Count} patches are wanted, and {Array.MaxLength / PatchBytes} fit into memory at once. Name fewer cases.");
        }

        var sorted = found.Values.OrderBy(item => item.Patch.Case, StringComparer.Ordinal).ThenBy(item => item.Patch.Y).ThenBy(item => item.Patch.X).ToList();
        var all = new byte[sorted.Count * PatchBytes];
        for (var i = 0; i < sorted.Count; i++)
        {
            sorted[i].Pixels.CopyTo(all, i * PatchBytes);
        }

        return new PatchDataset([.. sorted.Select(item => item.Patch)], all) { Duplicates = duplicates, OddSizes = oddSizes, OtherNames = otherNames };
    }

    private static LabelledPatch? Parse(string name) =>
        FileName().Match(name) is { Success: true } match
            ? new LabelledPatch(match.Groups["case"].Value, Number(match, "x"), Number(match, "y"), match.Groups["class"].Value == "1")
            : null;

    private static void ThrowIfInOtherFolder(string name, LabelledPatch patch)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(name.Replace('\\', '/')));
        if (folder == (patch.IsIdc ? "0" : "1"))
        {
            throw new DatasetException($"{name}: the name says class {(patch.IsIdc ? 1 : 0)}, its folder {folder}. Move or rename it.");
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>The pixels, or null where it is not 50×50.</summary>
    private static byte[]? Decode(string name, Func<byte[]> open)
    {
        try
        {
            // libvips fills what is missing of a damaged file with grey unless it is told to fail.
            using var image = Image.NewFromBuffer(open(), failOn: Enums.FailOn.Error);
            using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
            using var flat = rgb.HasAlpha() ? rgb.Flatten(background: [255.0]) : rgb.Copy();
            return flat.Width == Side && flat.Height == Side ? flat.WriteToMemory<byte>() : null;
        }
        catch (Exception exception) when (exception is VipsException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{name}: the image can't be read: {exception.Message.Trim()} Replace or remove it.");
        }
    }

    [GeneratedRegex(@"(?:^|[/\\])(?<case>[^./\\][^/\\]*)_idx[0-9]+_x(?<x>[0-9]{1,9})_y(?<y>[0-9]{1,9})_class(?<class>[01])\.png$")]
    private static partial Regex FileName();
}
