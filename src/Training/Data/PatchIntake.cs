using System.Text;
using NetVips;

namespace IdcFunctions.Training.Data;

/// <summary>START of the intake: from a folder or zip of PNG files to one <see cref="PatchPack"/>, made once and opened from then on.</summary>
/// <param name="cache">Folder that keeps packs.</param>
public sealed class PatchIntake(string cache)
{
    /// <summary>What the name of a pack ends with.</summary>
    public const string PackSuffix = ".pack";

    /// <summary>50×50 pixels of 16 bits have 20 KB, however badly they are packed; the rest is for what programs write beside them.</summary>
    private const int MostPictureBytes = 1 << 20;

    private const int MostTableBytes = 64 << 20;

    /// <summary>The pack of a data set, or made anew where its files, or the format of packs, have changed.</summary>
    /// <param name="path">A folder, a zip, or a pack.</param>
    /// <exception cref="DatasetException">Nothing is there, no file is a labelled patch, or two files disagree about one.</exception>
    /// <exception cref="IOException">The pack can't be written.</exception>
    public PatchPack Open(string path)
    {
        if (path.EndsWith(PackSuffix, StringComparison.Ordinal) && File.Exists(path))
        {
            return PatchPack.Open(path);
        }

        using var files = PatchFiles.Open(path, cache);
        var pack = Path.Combine(cache, $"{files.Fingerprint[..16]}-{PatchPack.Format}{PackSuffix}");
        if (!File.Exists(pack))
        {
            Make(path, files, pack, CancellationToken.None);
        }

        return PatchPack.Open(pack);
    }

    /// <summary>Makes the pack of a data set under a given name.</summary>
    /// <param name="path">A folder or a zip.</param>
    /// <param name="pack">The pack's file, in the folder that keeps packs.</param>
    /// <param name="cancellationToken">Looked at before each patch.</param>
    /// <exception cref="DatasetException">Nothing is there, no file is a labelled patch, or two files disagree about one.</exception>
    /// <exception cref="IOException">The pack can't be written.</exception>
    public void Make(string path, string pack, CancellationToken cancellationToken)
    {
        using var files = PatchFiles.Open(path, cache);
        Make(path, files, pack, cancellationToken);
    }

    private void Make(string path, PatchFiles files, string pack, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(cache);
        var unfinished = $"{pack}.{Environment.ProcessId}";
        try
        {
            Pack(path, files, unfinished, cancellationToken);
            File.Move(unfinished, pack, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void Pack(string path, PatchFiles files, string pack, CancellationToken cancellationToken)
    {
        var found = Find(files.Names, out var misnamed);
        var places = found.Keys.OrderBy(place => place.Case, StringComparer.Ordinal).ThenBy(place => place.Y).ThenBy(place => place.X).ToList();
        List<LabelledPatch> taken = [];
        List<string> oddSizes = [], corrupt = [];
        var search = new NearDuplicateSearch();
        var duplicates = files.DoubledEntries;
        using (var stream = File.Create(pack))
        {
            foreach (var place in places)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var patch = found[place].Patch;
                var read = ReadAll(files, found[place].Names, corrupt, oddSizes);
                if (read is null)
                {
                    continue;
                }

                duplicates += read.Value.Alike - 1;
                search.Add(taken.Count, read.Value.Pixels);
                stream.Write(read.Value.Pixels);
                taken.Add(patch);
            }

            var cases = taken.Select(patch => patch.Case).ToHashSet();
            var empty = places.Select(place => place.Case).Concat(files.EmptyCases).Where(id => !cases.Contains(id)).Distinct().Order(StringComparer.Ordinal);
            var report = new IntakeReport(taken.Count, taken.Count(patch => patch.IsIdc), cases.Count, duplicates, oddSizes, [.. misnamed.Concat(files.Others).Order(StringComparer.Ordinal)], corrupt, [.. empty], [], [.. Corrected(files).Where(cases.Contains).Order(StringComparer.Ordinal)]);
            if (taken.Count == 0)
            {
                throw new DatasetException($"{path}: no file is a patch of 50×50 px named {PatchFiles.Naming}. Name the folder that holds the cases, or the zip. {string.Join(' ', report.Lines())}");
            }

            report = report with { NearDuplicates = search.Find(taken, stream) };
            stream.Position = stream.Length;
            PatchPack.WriteIndex(stream, taken, report);
        }
    }

    /// <summary>The slides that reviewers corrected, as the tables of their corrections name them.</summary>
    private static HashSet<string> Corrected(PatchFiles files) =>
        [.. files.Corrections.SelectMany(name => Table(files, name).Split('\n').Skip(1)).Select(line => line.Split(',')[0])];

    /// <summary>The files of each place: one, or several that must agree.</summary>
    private static Dictionary<(string Case, int X, int Y), (LabelledPatch Patch, List<string> Names)> Find(IReadOnlyList<string> names, out List<string> misnamed)
    {
        var found = new Dictionary<(string Case, int X, int Y), (LabelledPatch Patch, List<string> Names)>();
        misnamed = [];
        foreach (var name in names)
        {
            if (PatchFiles.Parse(name) is not { } patch)
            {
                misnamed.Add(name);
                continue;
            }

            ThrowIfInOtherFolder(name, patch);
            if (!found.TryAdd((patch.Case, patch.X, patch.Y), (patch, [name])))
            {
                var other = found[(patch.Case, patch.X, patch.Y)];
                ThrowIfDisagreeing(name, other.Names[0], patch, "label", agree: other.Patch == patch);
                other.Names.Add(name);
            }
        }

        return found;
    }

    /// <summary>The pixels that all readable files of a place agree on, and how many those are; null where none is a 50×50 picture.</summary>
    private static (byte[] Pixels, int Alike)? ReadAll(PatchFiles files, List<string> names, List<string> corrupt, List<string> oddSizes)
    {
        (string Name, byte[] Pixels)? first = null;
        var alike = 0;
        foreach (var name in names)
        {
            try
            {
                if (Decode(files.Read(name, MostPictureBytes)) is not { } pixels)
                {
                    oddSizes.Add(name);
                    continue;
                }

                first ??= (name, pixels);
                alike++;
                ThrowIfDisagreeing(name, first.Value.Name, PatchFiles.Parse(name)!, "content", agree: first.Value.Pixels.AsSpan().SequenceEqual(pixels));
            }
            catch (Exception exception) when (exception is VipsException or IOException or InvalidDataException or UnauthorizedAccessException)
            {
                corrupt.Add($"{name}: {exception.Message.Trim()}");
            }
        }

        return first is null ? null : (first.Value.Pixels, alike);
    }

    private static void ThrowIfInOtherFolder(string name, LabelledPatch patch)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(name.Replace('\\', '/')));
        if (folder == (patch.IsIdc ? "0" : "1"))
        {
            throw new DatasetException($"{name}: the name says class {(patch.IsIdc ? 1 : 0)}, its folder {folder}. Move or rename it.");
        }
    }

    private static void ThrowIfDisagreeing(string name, string other, LabelledPatch patch, string about, bool agree)
    {
        if (!agree)
        {
            throw new DatasetException($"{name} and {other} are the same patch of case {patch.Case} with another {about}. Remove one of them.");
        }
    }

    private static string Table(PatchFiles files, string name)
    {
        try
        {
            return Encoding.UTF8.GetString(files.Read(name, MostTableBytes));
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException($"{name}: {exception.Message} Take it out, or export the corrections again.");
        }
    }

    /// <summary>The pixels, or null where the picture is not 50×50.</summary>
    private static byte[]? Decode(byte[] content)
    {
        // libvips fills what is missing of a damaged file with grey unless it is told to fail.
        using var image = Image.NewFromBuffer(content, failOn: Enums.FailOn.Error);
        using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
        using var flat = rgb.HasAlpha() ? rgb.Flatten(background: [255.0]) : rgb.Copy();
        return flat.Width == PatchDataset.Side && flat.Height == PatchDataset.Side ? flat.WriteToMemory<byte>() : null;
    }
}
