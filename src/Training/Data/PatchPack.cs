using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace IdcFunctions.Training.Data;

/// <summary>
/// A data set in one memory-mapped file: the pixels of all patches, sorted by case, row and column, then their index, the
/// intake's report, and a footer with the lengths of those. Opening it takes no decoding.
/// </summary>
public sealed class PatchPack : IDisposable
{
    /// <summary>The format's version: it stands in the names of kept packs, so that one of another version is not taken for a damaged one.</summary>
    public const int Format = DatasetIntake.PackFormat;

    private const long Magic = 0x304B434150434449 + ((long)Format << 56); // "IDCPACK4"
    private const int IndexBytes = 16;
    private const int FooterBytes = 16;

    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    private PatchPack(MemoryMappedFile file, MemoryMappedViewAccessor view, IReadOnlyList<LabelledPatch> patches, IntakeReport report)
    {
        this.file = file;
        this.view = view;
        Patches = patches;
        Report = report;
    }

    /// <summary>The patches, sorted by case, row and column.</summary>
    public IReadOnlyList<LabelledPatch> Patches { get; }

    /// <summary>What its intake found and left out.</summary>
    public IntakeReport Report { get; }

    /// <summary>The cases, sorted, with their counts.</summary>
    public IReadOnlyList<CaseCount> Cases => [.. Patches
        .GroupBy(patch => patch.Case)
        .Select(group => new CaseCount(group.Key, group.Count(), group.Count(patch => patch.IsIdc)) { IsCorrected = Report.CorrectedCases.Contains(group.Key) })];

    /// <summary>Opens a pack.</summary>
    /// <exception cref="DatasetException">It is no pack, or was cut off.</exception>
    public static PatchPack Open(string path)
    {
        var length = new FileInfo(path).Length;
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        try
        {
            return ReadIndex(file, view, length) ?? throw new DatasetException($"{path} is no whole pack of patches. Remove it; it is made again.");
        }
        catch
        {
            view.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes index, report and footer behind the pixels.</summary>
    /// <param name="stream">Holds the pixels of <paramref name="patches"/> and stands at their end.</param>
    /// <param name="patches">The patches, in the pixels' order.</param>
    /// <param name="report">The intake's report.</param>
    public static void WriteIndex(Stream stream, IReadOnlyList<LabelledPatch> patches, IntakeReport report)
    {
        var cases = patches.Select(patch => patch.Case).Distinct().ToArray();
        var caseOf = cases.Index().ToDictionary(item => item.Item, item => item.Index);
        var index = patches.SelectMany(patch => (int[])[caseOf[patch.Case], patch.X, patch.Y, patch.IsIdc ? 1 : 0]).ToArray();
        var head = JsonSerializer.SerializeToUtf8Bytes(new Head(cases, report));
        stream.Write(MemoryMarshal.AsBytes<int>(index));
        stream.Write(head);
        stream.Write(MemoryMarshal.AsBytes<int>([patches.Count, head.Length]));
        stream.Write(MemoryMarshal.AsBytes<long>([Magic]));
    }

    /// <summary>Copies a patch's pixels: uint8 RGB [50, 50, 3].</summary>
    public void Read(int index, byte[] pixels) => view.ReadArray((long)index * PatchDataset.PatchBytes, pixels, 0, PatchDataset.PatchBytes);

    /// <summary>The patches of some cases, in memory.</summary>
    /// <exception cref="DatasetException">A case is missing.</exception>
    public PatchDataset Select(IReadOnlySet<string> cases)
    {
        var missing = cases.Except(Patches.Select(patch => patch.Case)).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? Select(patch => cases.Contains(patch.Case))
            : throw new DatasetException(
                $"There are no 50×50 patches of the cases {string.Join(", ", missing.Take(10))}{(missing.Count > 10 ? $" and {missing.Count - 10} more" : "")}. "
                + "Correct the case lists or the data set.");
    }

    /// <summary>Some patches, in memory.</summary>
    /// <exception cref="DatasetException">They are too many to be in memory at once.</exception>
    public PatchDataset Select(Func<LabelledPatch, bool> isWanted)
    {
        var wanted = Enumerable.Range(0, Patches.Count).Where(i => isWanted(Patches[i])).ToArray();
        if (wanted.Length > Array.MaxLength / PatchDataset.PatchBytes)
        {
            throw new DatasetException(
                $"{wanted.Length} patches are wanted, and {Array.MaxLength / PatchDataset.PatchBytes} fit into memory at once. "
                + "Name fewer cases.");
        }

        var pixels = new byte[wanted.Length * PatchDataset.PatchBytes];
        for (var i = 0; i < wanted.Length; i++)
        {
            view.ReadArray((long)wanted[i] * PatchDataset.PatchBytes, pixels, i * PatchDataset.PatchBytes, PatchDataset.PatchBytes);
        }

        return new PatchDataset([.. wanted.Select(i => Patches[i])], pixels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    private static PatchPack? ReadIndex(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        if (length < FooterBytes || view.ReadInt64(length - 8) != Magic)
        {
            return null;
        }

        int count = view.ReadInt32(length - FooterBytes), headBytes = view.ReadInt32(length - FooterBytes + 4);
        if (length != ((long)count * (PatchDataset.PatchBytes + IndexBytes)) + headBytes + FooterBytes)
        {
            return null;
        }

        var head = new byte[headBytes];
        view.ReadArray(length - FooterBytes - headBytes, head, 0, headBytes);
        var index = new int[count * (IndexBytes / sizeof(int))];
        view.ReadArray((long)count * PatchDataset.PatchBytes, index, 0, index.Length);
        var (cases, report) = JsonSerializer.Deserialize<Head>(head)!;
        return new PatchPack(file, view, [.. index.Chunk(4).Select(row => new LabelledPatch(cases[row[0]], row[1], row[2], row[3] == 1))], report);
    }

    private sealed record Head(string[] Cases, IntakeReport Report);
}
