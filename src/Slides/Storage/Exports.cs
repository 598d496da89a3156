using System.Collections.Immutable;

namespace IdcFunctions.Slides.Storage;

/// <summary>Files of a complete run.</summary>
public static class Exports
{
    /// <summary>WSInfer's columns, ours after them.</summary>
    public const string PatchesCsv = "patches.csv";

    /// <summary>Tiles for QuPath.</summary>
    public const string PatchesGeoJson = "patches.geojson";

    /// <summary>The heatmap, one pixel a cell times a whole factor.</summary>
    public const string HeatmapPng = "heatmap.png";

    /// <summary>The tissue mask, white = tissue; written when the run is planned.</summary>
    public const string MaskPng = "mask.png";

    /// <summary>The run's result and provenance; written last.</summary>
    public const string RunJson = "run.json";

    /// <summary>All of them.</summary>
    public static ImmutableArray<string> All { get; } = [PatchesCsv, PatchesGeoJson, HeatmapPng, MaskPng, RunJson];

    /// <summary>The media type of a file.</summary>
    public static string ContentTypeOf(string file) => file switch
    {
        PatchesCsv => "text/csv",
        PatchesGeoJson => "application/geo+json",
        HeatmapPng or MaskPng => "image/png",
        _ => "application/json",
    };
}
