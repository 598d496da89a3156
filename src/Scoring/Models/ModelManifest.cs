using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdcFunctions.Scoring.Stain;

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

    /// <summary>
    /// The training cases' colours; null in manifests of models that were trained without measuring them: their slides are
    /// not checked.
    /// </summary>
    public StainReference? Stain { get; init; }

    /// <summary>How it was trained and what it reached, for the model card and the API.</summary>
    public JsonObject? Training { get; init; }

    /// <summary>The model's graphs, the float32 one first.</summary>
    [JsonIgnore]
    public IEnumerable<ScoringGraph> Graphs => (Onnx.Variants ?? [])
        .Select(variant => new ScoringGraph(
            Enum.Parse<ScoringPrecision>(variant.Precision, ignoreCase: true),
            variant.File,
            variant.Sha256,
            variant.Tolerance,
            Enum.Parse<ExecutionProvider>(variant.RunsOn, ignoreCase: true)))
        .Prepend(new ScoringGraph(ScoringPrecision.Fp32, Onnx.File, Onnx.Sha256, Golden.Tolerance));

    /// <summary>The graph of a precision.</summary>
    /// <exception cref="ModelRefusedException">The model has none.</exception>
    public ScoringGraph GraphOf(ScoringPrecision precision) =>
        Graphs.FirstOrDefault(graph => graph.Precision == precision)
        ?? throw new ModelRefusedException(
            $"{ModelName} {ModelVersion}: it has no {precision} variant, and Scoring:Precision asks for one. "
            + "Set Scoring:Precision to Fp32, or activate a model that has one.");

    /// <summary>
    /// Refuses a graph that is made for another provider than the one that is asked for: an int8 graph is slower on a GPU,
    /// a float16 one on a CPU.
    /// </summary>
    /// <exception cref="ModelRefusedException">It is made for another one.</exception>
    public void CheckRunsOn(ScoringGraph graph, ExecutionProvider provider)
    {
        if (graph.RunsOn is { } other && other != provider)
        {
            throw new ModelRefusedException(
                $"{ModelName} {ModelVersion}: its {graph.Precision} graph is made for {other}, and Scoring:Provider is {provider}. "
                + $"Set Scoring:Provider to {other}, or set Scoring:Precision to Fp32 in each app and rescore.");
        }
    }

    /// <summary>The graph that a run was decided for, by its hash; null where the model has none such.</summary>
    public ScoringGraph? FindGraph(string sha256) => Graphs.FirstOrDefault(graph => graph.Sha256 == sha256);

    /// <summary>Reads a <c>config.json</c> and checks what can be checked without the graph.</summary>
    /// <exception cref="ModelRefusedException">It can't be read, or values are out of range; the message lists them all.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        ModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, ModelManifestJson.Default.ModelManifest)
                ?? throw new ModelRefusedException("The model's config.json is empty. Publish the model again.");
        }
        catch (JsonException exception)
        {
            throw new ModelRefusedException($"The model's config.json can't be read: {exception.Message} Publish the model again.", exception);
        }

        var faults = manifest.Faults().ToList();
        return faults.Count == 0
            ? manifest
            : throw new ModelRefusedException(
                $"{manifest.ModelName} {manifest.ModelVersion}: config.json can't be used: {string.Join(' ', faults)} "
                + "Publish a corrected version.");
    }

    private IEnumerable<string> Faults()
    {
        if (SpecVersion != "1.0")
        {
            yield return $"spec_version is '{SpecVersion}', not 1.0.";
        }

        if (NumClasses != 1 || ClassNames.Length != 1)
        {
            yield return $"num_classes is {NumClasses} with {ClassNames.Length} class_names; both must be 1.";
        }

        if (PatchSizePixels is < 8 or > 1024)
        {
            yield return $"patch_size_pixels is {PatchSizePixels}, not 8 to 1024.";
        }

        if (!Slides.Geometry.MicronsPerPixel.IsPlausible(SpacingUmPx))
        {
            yield return $"spacing_um_px is {SpacingUmPx}, which is no spacing.";
        }

        if (DecisionThreshold is not (> 0 and < 1))
        {
            yield return $"decision_threshold is {DecisionThreshold}, not between 0 and 1.";
        }

        if (Resampling != "box")
        {
            yield return $"resampling is '{Resampling}'; this program knows box.";
        }

        if (Onnx.Layout != "uint8 NHWC")
        {
            yield return $"onnx.layout is '{Onnx.Layout}'; this program knows uint8 NHWC.";
        }

        var odd = Onnx.Variants?.FirstOrDefault(variant => variant.Precision is not ("fp16" or "int8")
            || variant.RunsOn is not ("cpu" or "cuda")
            || variant.Tolerance is not (> 0 and < 0.1));
        if (odd is not null)
        {
            yield return $"onnx.variants has '{odd.Precision}' on '{odd.RunsOn}' with tolerance {odd.Tolerance}; "
                + "this program knows fp16 and int8 on cpu and cuda with tolerances between 0 and 0.1.";
        }

        if (Stain?.Fault() is { } fault)
        {
            yield return fault;
        }

        if (Golden.Probabilities.IsDefaultOrEmpty || Golden.Tolerance is not (> 0 and < 0.1))
        {
            yield return "golden needs at least one probability and a tolerance between 0 and 0.1.";
        }
    }
}
