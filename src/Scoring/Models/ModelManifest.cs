using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace IdcFunctions.Scoring.Models;

/// <summary>
/// A model's <c>config.json</c>: the WSInfer Model Zoo configuration (spec_version 1.0) with top-level keys of ours.
/// The graph takes uint8 [N, 50, 50, 3] and answers calibrated probabilities [N, 1].
/// </summary>
public sealed record ModelManifest
{
    /// <summary>WSInfer's specification version, <c>1.0</c>.</summary>
    public required string SpecVersion { get; init; }

    /// <summary>The network's name, e.g. <c>wide_resnet16_2</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>1: P(IDC).</summary>
    public required int NumClasses { get; init; }

    /// <summary>A patch's side in pixels.</summary>
    public required int PatchSizePixels { get; init; }

    /// <summary>µm/px of the patches.</summary>
    public required double SpacingUmPx { get; init; }

    /// <summary>One name a class: <c>IDC</c>.</summary>
    public required ImmutableArray<string> ClassNames { get; init; }

    /// <summary>WSInfer's transforms, for readers of that format; our graph does them itself.</summary>
    public required JsonArray Transform { get; init; }

    /// <summary>The model's name, e.g. <c>idc-wrn-16-2</c>.</summary>
    public required string ModelName { get; init; }

    /// <summary>The model's version; versions are immutable.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>The graph.</summary>
    public required OnnxGraph Onnx { get; init; }

    /// <summary>Probability from which a patch counts as IDC, in (0, 1); chosen on validation cases.</summary>
    public required double DecisionThreshold { get; init; }

    /// <summary>The filter that reduces a slide's pixels to <see cref="SpacingUmPx"/>: <c>box</c>. Another one changes probabilities.</summary>
    public required string Resampling { get; init; }

    /// <summary>Patches with known probabilities, checked when the model is loaded.</summary>
    public required GoldenPatches Golden { get; init; }

    /// <summary>Temperature and bias already folded into the graph's last layer, for the record.</summary>
    public JsonObject? Calibration { get; init; }

    /// <summary>How it was trained and what it reached, for the model card and the API.</summary>
    public JsonObject? Training { get; init; }
}
