using System.Text;

namespace IdcFunctions.Training.Data;

/// <summary>START of the intake: from a folder or zip of PNG files to one <see cref="PatchPack"/>, made once and opened from then on.</summary>
/// <param name="cache">Folder that keeps packs.</param>
public sealed class PatchIntake(string cache)
{
    /// <summary>What the name of a pack ends with.</summary>
    public const string PackSuffix = ".pack";

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
    /// <param name="cancellationToken">Looked at before each file.</param>
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
            using var pictures = new PatchPictures(files);
            using var picture = pictures.Read(places.SelectMany(place => found[place].Names), cancellationToken).GetEnumerator();
            foreach (var (patch, names) in places.Select(place => found[place]))
            {
                if (ReadAll(picture, names.Count, patch, corrupt, oddSizes) is not var (first, alike))
                {
                    continue;
                }

                duplicates += alike - 1;
                search.Add(taken.Count, first.DifferenceHash);
                stream.Write(first.Pixels);
                taken.Add(patch);
            }

            var cases = taken.Select(patch => patch.Case).ToHashSet();
            var empty = places.Select(place => place.Case).Concat(files.EmptyCases).Where(id => !cases.Contains(id)).Distinct().Order(StringComparer.Ordinal);
            var report = new IntakeReport(
                taken.Count,
                taken.Count(patch => patch.IsIdc),
                cases.Count,
                duplicates,
                oddSizes,
                [.. misnamed.Concat(files.Others).Order(StringComparer.Ordinal)],
                corrupt,
                [.. empty],
                NearDuplicates: [],
                [.. Corrected(files).Where(cases.Contains).Order(StringComparer.Ordinal)]);
            if (taken.Count == 0)
            {
                throw new DatasetException(
                    $"{path}: no file is a patch of 50×50 px named {PatchFiles.Naming}. Name the folder that holds the cases, or the zip. "
                    + $"{string.Join(' ', report.Lines())}");
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

    /// <summary>
    /// The first readable picture of a place, with which all others agree, and how many those are; null where none is a
    /// 50×50 picture.
    /// </summary>
    private static (PatchPicture First, int Alike)? ReadAll(IEnumerator<PatchPicture> picture, int files, LabelledPatch patch, List<string> corrupt, List<string> oddSizes)
    {
        PatchPicture? first = null;
        var alike = 0;
        for (var i = 0; i < files && picture.MoveNext(); i++)
        {
            var read = picture.Current;
            if (read.Fault is { } fault)
            {
                corrupt.Add($"{read.Name}: {fault}");
            }
            else if (read.Pixels is null)
            {
                oddSizes.Add(read.Name);
            }
            else
            {
                first ??= read;
                alike++;
                ThrowIfDisagreeing(read.Name, first.Name, patch, "content", agree: first.Pixels.AsSpan().SequenceEqual(read.Pixels));
            }
        }

        return first is null ? null : (first, alike);
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
}
