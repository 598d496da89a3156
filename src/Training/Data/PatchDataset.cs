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

    private PatchDataset(IReadOnlyList<LabelledPatch> patches, byte[] pixels, int duplicates, int oddSizes)
    {
        Patches = patches;
        Pixels = pixels;
        Duplicates = duplicates;
        OddSizes = oddSizes;
    }

    /// <summary>The patches, sorted by case, row and column.</summary>
    public IReadOnlyList<LabelledPatch> Patches { get; }

    /// <summary>Their pixels: uint8 RGB, NHWC.</summary>
    public byte[] Pixels { get; }

    /// <summary>Files left out since the same patch was there already; the Kaggle archive holds itself a second time.</summary>
    public int Duplicates { get; }

    /// <summary>Files left out since they are not 50×50: the slides' borders.</summary>
    public int OddSizes { get; }

    /// <summary>Loads the patches of some cases.</summary>
    /// <param name="path">A folder or a zip.</param>
    /// <param name="cases">The cases wanted.</param>
    /// <exception cref="DatasetException">Nothing is there, a wanted case is missing, or two files disagree about a patch.</exception>
    public static PatchDataset Load(string path, IReadOnlySet<string> cases)
    {
        if (File.Exists(path))
        {
            using var zip = ZipFile.OpenRead(path);
            return Read(path, zip.Entries.Select(entry => (entry.FullName, (Func<byte[]>)(() => ReadEntry(entry)))), cases);
        }

        if (!Directory.Exists(path))
        {
            throw new DatasetException($"{path}: there is no such folder or zip. Name the folder that holds the cases, or the zip.");
        }

        return Read(path, Directory.EnumerateFiles(path, "*.png", SearchOption.AllDirectories).Select(file => (file, (Func<byte[]>)(() => File.ReadAllBytes(file)))), cases);
    }

    private static PatchDataset Read(string path, IEnumerable<(string Name, Func<byte[]> Open)> files, IReadOnlySet<string> cases)
    {
        var found = new Dictionary<(string Case, int X, int Y), (LabelledPatch Patch, byte[] Pixels)>();
        int duplicates = 0, oddSizes = 0;
        foreach (var (name, open) in files)
        {
            var match = FileName().Match(name);
            if (!match.Success || !cases.Contains(match.Groups["case"].Value))
            {
                continue;
            }

            var patch = new LabelledPatch(match.Groups["case"].Value, Number(match, "x"), Number(match, "y"), match.Groups["class"].Value == "1");
            var pixels = Decode(name, open());
            if (pixels is null)
            {
                oddSizes++;
                continue;
            }

            if (!found.TryAdd((patch.Case, patch.X, patch.Y), (patch, pixels)))
            {
                var other = found[(patch.Case, patch.X, patch.Y)];
                if (other.Patch != patch || !other.Pixels.AsSpan().SequenceEqual(pixels))
                {
                    throw new DatasetException($"{name}: case {patch.Case} has another patch at x {patch.X}, y {patch.Y} with other content or another label. Remove one of them.");
                }

                duplicates++;
            }
        }

        var missing = cases.Except(found.Keys.Select(key => key.Case)).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
        {
            throw new DatasetException($"{path}: no patches of the cases {string.Join(", ", missing.Take(10))}{(missing.Count > 10 ? $" and {missing.Count - 10} more" : "")}. Correct the case lists or the data set.");
        }

        var sorted = found.Values.OrderBy(item => item.Patch.Case, StringComparer.Ordinal).ThenBy(item => item.Patch.Y).ThenBy(item => item.Patch.X).ToList();
        var all = new byte[sorted.Count * PatchBytes];
        for (var i = 0; i < sorted.Count; i++)
        {
            sorted[i].Pixels.CopyTo(all, i * PatchBytes);
        }

        return new PatchDataset([.. sorted.Select(item => item.Patch)], all, duplicates, oddSizes);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static byte[] ReadEntry(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var content = new byte[entry.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static byte[]? Decode(string name, byte[] file)
    {
        try
        {
            using var image = Image.NewFromBuffer(file);
            using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
            using var flat = rgb.HasAlpha() ? rgb.Flatten(background: [255.0]) : rgb.Copy();
            return flat.Width == Side && flat.Height == Side ? flat.WriteToMemory<byte>() : null;
        }
        catch (VipsException exception)
        {
            throw new DatasetException($"{name}: the image can't be decoded: {exception.Message.Trim()} Replace or remove it.");
        }
    }

    [GeneratedRegex(@"(?<case>[A-Za-z0-9]+)_idx\d+_x(?<x>\d+)_y(?<y>\d+)_class(?<class>[01])\.png$")]
    private static partial Regex FileName();
}
