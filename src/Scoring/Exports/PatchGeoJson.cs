using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Scoring.Exports;

/// <summary>A run's patches as QuPath imports them: a FeatureCollection of tiles with a measurement, in level-0 pixels.</summary>
public static class PatchGeoJson
{
    /// <summary>Writes the file.</summary>
    public static byte[] Write(TilingPlan plan, RunId run, IReadOnlyList<PatchScore> scores)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteString("coordinates_in", "level-0 pixels from the slide's bounds (openslide.bounds), its origin where it has none");
            json.WriteStartArray("features");
            foreach (var score in scores)
            {
                WriteFeature(json, plan, run, score);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteFeature(Utf8JsonWriter json, TilingPlan plan, RunId run, PatchScore score)
    {
        var level0 = plan.Grid.RegionOf(score.Cell);
        var region = level0 with { MinX = level0.MinX - plan.Properties.BoundsX, MinY = level0.MinY - plan.Properties.BoundsY };
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteString("id", FeatureId(run, score));
        json.WriteStartObject("geometry");
        json.WriteString("type", "Polygon");
        json.WriteStartArray("coordinates");
        json.WriteStartArray();
        foreach (var (x, y) in new[]
        {
            (region.MinX, region.MinY),
            (region.MaxX, region.MinY),
            (region.MaxX, region.MaxY),
            (region.MinX, region.MaxY),
            (region.MinX, region.MinY),
        })
        {
            json.WriteStartArray();
            json.WriteNumberValue(x);
            json.WriteNumberValue(y);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("objectType", "tile");
        json.WriteBoolean("isLocked", true);
        json.WriteStartObject("measurements");
        json.WriteNumber("prob_IDC", score.Probability);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A UUID that follows from run and cell, so that the file is the same however often it is written.</summary>
    private static Guid FeatureId(RunId run, PatchScore score) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{run}|{score.Cell.Key}")).AsSpan(0, 16));
}
