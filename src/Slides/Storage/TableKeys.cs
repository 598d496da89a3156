using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IdcFunctions.Slides.Storage;

/// <summary>Partition and row keys of every table.</summary>
public static class TableKeys
{
    /// <summary>The 16 partitions of <see cref="Tables.Slides"/>, <see cref="Tables.SlidesNewest"/> and <see cref="Tables.OpenRuns"/>.</summary>
    public static IEnumerable<string> HexDigits => "0123456789abcdef".Select(digit => digit.ToString());

    /// <summary>
    /// Partition of a slide in <see cref="Tables.Slides"/> and <see cref="Tables.SlidesNewest"/>: the first hex digit of
    /// its id's SHA-256.
    /// </summary>
    public static string SlidePartition(SlideId slide) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(slide.Value)))[..1];

    /// <summary>Row in <see cref="Tables.SlidesNewest"/>: ticks counted down from the end of time, so that the newest sorts first.</summary>
    public static string NewestRow(SlideId slide, DateTimeOffset firstUpload) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - firstUpload.UtcTicks:D19}|{slide}");

    /// <summary>The slide that a row of <see cref="NewestRow"/> lists; null where it is none.</summary>
    public static SlideId? SlideOfNewestRow(string row) => row.Split('|') is [_, var id] && SlideId.TryParse(id, out var slide) ? slide : null;

    /// <summary>Partition of a run's rows in <see cref="Tables.Patches"/>, <see cref="Tables.Batches"/> and <see cref="Tables.Failures"/>.</summary>
    public static string RunPartition(SlideId slide, RunId run) => $"{slide}|{run}";

    /// <summary>Row of a batch in <see cref="Tables.Batches"/>.</summary>
    public static string BatchRow(int batch) => batch.ToString("D5", CultureInfo.InvariantCulture);

    /// <summary>Row of a step in <see cref="Tables.Failures"/>; batch 0 for steps that have none.</summary>
    public static string FailureRow(string step, int batch) => string.Create(CultureInfo.InvariantCulture, $"{step}-{batch:D5}");

    /// <summary>Partition of a run in <see cref="Tables.OpenRuns"/>: the first hex digit of its id.</summary>
    public static string OpenRunPartition(RunId run) => run.Value[..1];

    /// <summary>Row of a run in <see cref="Tables.OpenRuns"/>.</summary>
    public static string OpenRunRow(SlideId slide, RunId run) => $"{slide}|{run}";

    /// <summary>Row in <see cref="Tables.Runs"/> that says which run an upload has.</summary>
    public static string UploadRow(string etag) =>
        "upload-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(etag)))[..16];
}
