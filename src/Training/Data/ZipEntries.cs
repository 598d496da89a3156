using System.Collections.ObjectModel;
using System.IO.Compression;

namespace IdcFunctions.Training.Data;

/// <summary>The entries of a data set's zips.</summary>
/// <param name="Zips">The opened zips.</param>
/// <param name="Files">Entries that are files, by their names below the data set's root.</param>
/// <param name="Folders">Entries that are folders, by theirs.</param>
/// <param name="Doubled">Files left out since the same zip holds another of the same name and content.</param>
public sealed record ZipEntries(IReadOnlyList<ZipArchive> Zips, Dictionary<string, ZipArchiveEntry> Files, IReadOnlyList<string> Folders, int Doubled)
{
    /// <summary>Opens zips; the caller disposes them.</summary>
    /// <param name="zips">The zips.</param>
    /// <param name="prefixOf">What stands before the names of a zip's entries.</param>
    /// <exception cref="DatasetException">One can't be read, or holds two files of one name that differ.</exception>
    public static ZipEntries Open(IEnumerable<FileInfo> zips, Func<FileInfo, string> prefixOf)
    {
        var opened = new List<ZipArchive>();
        try
        {
            var files = new Dictionary<string, ZipArchiveEntry>();
            var folders = new List<string>();
            var doubled = 0;
            foreach (var (file, entry) in zips.SelectMany(file => Entries(file, opened).Select(entry => (file, entry))))
            {
                var name = prefixOf(file) + entry.FullName;
                if (name.EndsWith('/'))
                {
                    folders.Add(name[..^1]);
                }
                else if (!files.TryAdd(name, entry))
                {
                    doubled++;
                    ThrowIfDisagreeing(file, files[name], entry);
                }
            }

            return new ZipEntries(opened, files, folders, doubled);
        }
        catch
        {
            opened.ForEach(zip => zip.Dispose());
            throw;
        }
    }

    private static ReadOnlyCollection<ZipArchiveEntry> Entries(FileInfo file, List<ZipArchive> opened)
    {
        try
        {
            var zip = ZipFile.OpenRead(file.FullName);
            opened.Add(zip);
            return zip.Entries;
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetException($"{file}: this is no zip that can be read: {exception.Message} Download or pack it again.");
        }
    }

    private static void ThrowIfDisagreeing(FileInfo file, ZipArchiveEntry first, ZipArchiveEntry second)
    {
        if ((first.Length, first.Crc32) != (second.Length, second.Crc32))
        {
            throw new DatasetException($"{file} holds two files {first.FullName} that differ. Remove one of them.");
        }
    }
}
