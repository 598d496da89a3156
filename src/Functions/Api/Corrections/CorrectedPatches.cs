using System.Globalization;
using System.IO.Compression;
using System.Text;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.Functions.Api;

/// <summary>
/// Corrected patches as a data set to train on, in the layout of the public one:
/// <c>{slide}/{0|1}/{slide}_idx5_x{x}_y{y}_class{0|1}.png</c>, x and y in pixels at the model's spacing, counted from 1.
/// <c>corrections.csv</c> beside them tells who said what and when, also of patches that are excluded or no longer stored,
/// and of labels made on other content than the slide's result shows, or on another grid.
/// </summary>
public sealed class CorrectedPatches(SlideTable slides, SlideCorrections corrections, RunFiles files)
{
    /// <summary>Corrections of one export: 60 MB of patches.</summary>
    public const int MostItems = 10_000;

    /// <summary>Makes the zip.</summary>
    /// <param name="prefix">Only slides whose ids begin so.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The zip; null where there are more than <see cref="MostItems"/> corrections.</returns>
    public async Task<byte[]?> ZipAsync(string prefix, CancellationToken cancellationToken)
    {
        var table = new StringBuilder("slide,run,row,column,label,by,at,file\n");
        var count = 0;
        using var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            await foreach (var (slide, stored) in corrections.ListAsync(prefix, cancellationToken))
            {
                // Of a deleted slide nothing goes out any more, its name least of all.
                var row = await slides.FindAsync(slide, cancellationToken);
                if (row is { DeletedAt: not null })
                {
                    continue;
                }

                count += stored.Sheets().Sum(sheet => sheet.Items.Count);
                if (count > MostItems)
                {
                    return null;
                }

                var run = row?.PublishedRun is { } published ? RunId.Parse(published) : null;
                var plan = run is null ? null : await files.FindPlanAsync(slide, run, cancellationToken);
                foreach (var sheet in stored.Sheets())
                {
                    var planOfSheet = plan is not null && sheet.Content == LabelledContent.Of(plan) ? plan : null;
                    await AddAsync(zip, table, slide, sheet, run, planOfSheet, cancellationToken);
                }
            }

            await WriteAsync(zip, "corrections.csv", Encoding.UTF8.GetBytes(table.ToString()), cancellationToken);
        }

        return content.ToArray();
    }

    /// <summary>Adds the labels of one sheet.</summary>
    /// <param name="zip">The zip.</param>
    /// <param name="table">The table.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="sheet">The labels.</param>
    /// <param name="run">The published run; null where there is none.</param>
    /// <param name="plan">Its plan; null where the labels are not of its content and grid: they have no pictures then.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async Task AddAsync(
        ZipArchive zip,
        StringBuilder table,
        SlideId slide,
        LabelSheet sheet,
        RunId? run,
        TilingPlan? plan,
        CancellationToken cancellationToken)
    {
        var places = plan?.Cells.Select((planned, index) => (planned.Cell, index)).ToDictionary(pair => pair.Cell, pair => pair.index) ?? [];
        var byBatch = sheet.Items.GroupBy(item => places.TryGetValue(new PatchCell(item.Row, item.Column), out var index)
            ? index / plan!.Settings.Tiling.BatchSize
            : -1);
        foreach (var batch in byBatch)
        {
            var pixels = batch.Key < 0 ? [] : new byte[plan!.BatchCells(batch.Key).Length * plan.PatchBytes];
            var isStored = batch.Key >= 0 && await files.TryReadPackedAsync(slide, run!, plan!, batch.Key, pixels, cancellationToken);
            foreach (var item in batch)
            {
                var file = isStored && item.Label != CorrectionLabel.Exclude ? NameOf(slide, item, plan!.Grid) : "";
                if (file.Length > 0)
                {
                    var at = places[new PatchCell(item.Row, item.Column)] % plan!.Settings.Tiling.BatchSize * plan.PatchBytes;
                    await WriteAsync(zip, file, ToPng(pixels.AsMemory(at, plan.PatchBytes), plan.Settings.Tiling.PatchSidePixels), cancellationToken);
                }

                table.Append(
                    CultureInfo.InvariantCulture,
                    $"{slide},{sheet.Run},{item.Row},{item.Column},{item.Label},{CsvText.Quoted(item.By)},{item.At:O},{file}\n");
            }
        }
    }

    private static string NameOf(SlideId slide, Correction item, PatchGrid grid)
    {
        var label = item.Label == CorrectionLabel.Idc ? 1 : 0;
        var x = (item.Column * grid.StridePixels) + 1;
        var y = (item.Row * grid.StridePixels) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{slide}/{label}/{slide}_idx5_x{x}_y{y}_class{label}.png");
    }

    private static byte[] ToPng(ReadOnlyMemory<byte> rgb, int side)
    {
        using var pixels = Image.NewFromMemory(rgb.ToArray(), side, side, 3, Enums.BandFormat.Uchar);
        using var patch = pixels.Copy(interpretation: Enums.Interpretation.Srgb);
        return patch.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    private static async Task WriteAsync(ZipArchive zip, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.NoCompression).OpenAsync(cancellationToken);
        await entry.WriteAsync(bytes, cancellationToken);
    }
}
