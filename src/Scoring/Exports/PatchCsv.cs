using System.Globalization;
using System.Text;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Scoring.Exports;

/// <summary>A run's patches as CSV: WSInfer's columns in level-0 pixels, ours after them.</summary>
public static class PatchCsv
{
    /// <summary>The header line. Coordinates count from level 0's origin; QuPath's bounds offset is not subtracted here.</summary>
    public const string Header = "minx,miny,width,height,prob_IDC,row,column,class_IDC,little_tissue,blurred,pen_or_border";

    /// <summary>What the header has behind it where patches were scored in eight orientations.</summary>
    public const string SpreadHeader = ",spread_IDC";

    /// <summary>Writes the file: UTF-8, lines end in LF, probabilities as the shortest text that gives the same float32.</summary>
    public static byte[] Write(TilingPlan plan, IReadOnlyList<PatchScore> scores, double decisionThreshold)
    {
        var grid = plan.Grid;
        var hasSpread = plan.Settings.AllOrientations;
        var text = new StringBuilder(Header.Length + (scores.Count * 48)).Append(Header).Append(hasSpread ? SpreadHeader : "").Append('\n');
        foreach (var score in scores)
        {
            var region = grid.RegionOf(score.Cell);
            var isIdc = score.Probability >= decisionThreshold ? 1 : 0;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{region.MinX},{region.MinY},{region.Width},{region.Height},"
                + $"{score.Probability:R},{score.Cell.Row},{score.Cell.Column},{isIdc},"
                + $"{Flag(score, PatchQualities.LittleTissue)},"
                + $"{Flag(score, PatchQualities.Blurred)},"
                + $"{Flag(score, PatchQualities.PenOrBorder)}");
            if (hasSpread)
            {
                text.Append(CultureInfo.InvariantCulture, $",{score.Spread:R}");
            }

            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static int Flag(PatchScore score, PatchQualities quality) => score.Qualities.HasFlag(quality) ? 1 : 0;
}
