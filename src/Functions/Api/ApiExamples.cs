using System.Text.Json.Nodes;
using IdcFunctions.Functions.Api.Training;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Regions;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.Functions.Api;

/// <summary>An example of each body and answer, for the API's description.</summary>
internal static class ApiExamples
{
    private const string Run = "0123456789abcdef";
    private const string Model = "idc-wrn-16-2 1.2.0";

    private static readonly DateTimeOffset Moment = new(2026, 11, 25, 9, 30, 0, TimeSpan.Zero);

    private static readonly SlideAnswer Slide = new(
        "case 7/a.svs", "case~207~2Fa.svs", Run, "Complete", Moment, null, null, null, null, false,
        4, 4, 1020, 8652, 7600, 32, 0, 0, 1020, 1020, 40.8, 6.84, 0.168, 0.38, 1.08, 3.33, null, null,
        Model, "cpu", "\"0x8DD0000000000000\"", null, 2_400_000, 512_000_000, 12, 6, new RunSeconds(1.1, 0.5, 4.2, 0.1, 5.9), null);

    private static readonly PatchAnswer Patch = new(12, 34, 27200, 9600, 800, 800, 0.913, false, false, false);
    private static readonly PredictedPatch Predicted = new(0, 0, 0, 0, 50, 50, 0.913, true);
    private static readonly PatchCell Cell = new(12, 34);
    private static readonly PixelRegion Region = new(27200, 9600, 800, 800);

    /// <summary>By type of body or answer.</summary>
    public static IReadOnlyDictionary<Type, object> ByType { get; } = new Dictionary<Type, object>
    {
        [typeof(UploadRequest)] = new UploadRequest("case 7/a.svs", 512_000_000),
        [typeof(UploadAnswer)] = new UploadAnswer(
            "case~207~2Fa.svs",
            new Uri("https://account.blob.core.windows.net/slides/case%207/a.svs?sv=…&sig=…"),
            Moment,
            8 << 20),
        [typeof(SlideAnswer)] = Slide,
        [typeof(Page<SlideAnswer>)] = new Page<SlideAnswer>([Slide], "case~207~2Fa.svs"),
        [typeof(PatchAnswer)] = Patch,
        [typeof(Page<PatchAnswer>)] = new Page<PatchAnswer>([Patch], $"{Run}.00012-00034"),
        [typeof(Page<RunAnswer>)] = new Page<RunAnswer>([new RunAnswer(Run, Model, Moment, true)], null),
        [typeof(Page<ActiveModel>)] = new Page<ActiveModel>([new ActiveModel("idc-wrn-16-2", "1.2.0")], null),
        [typeof(Page<TumourRegion>)] = new Page<TumourRegion>(
            [new TumourRegion(146, 5.84, new PixelRegion(6400, 12800, 14400, 12000), 0.81, 0.985)],
            null),
        [typeof(Page<UncertainPatch>)] = new Page<UncertainPatch>([new UncertainPatch(Cell, Region, 0.381f, 0.02f, 0.001)], null),
        [typeof(RunComparison)] = new RunComparison(1020, 0, 0, 160, 840, 0.98, 0.03, -0.2, [new FlippedPatch(Cell, Region, 0.41f, 0.22f)]),
        [typeof(PredictionAnswer)] = new PredictionAnswer(Model, 0.38, 50, 50, 4, [Predicted], 0.04, 0.04),
        [typeof(CorrectionsRequest)] = new CorrectionsRequest("Dr Reviewer", [new LabelledCell(12, 34, CorrectionLabel.NotIdc)]),
        [typeof(CorrectionsAnswer)] = new CorrectionsAnswer(
            Run,
            "89abcdef01234567",
            [new Correction(12, 34, CorrectionLabel.NotIdc, "Dr Reviewer", Moment)],
            0),
        [typeof(GridAnswer)] = new GridAnswer(
            Run, 20, 15, 7, 4, 2, 1, 800, 800, 800, 800, 50, 50, 4, 16_000, 12_000, 0.25, 0.25, 0.38,
            [0, 0, 128, 63, 0, 0, 192, 127],
            [0, 0]),
        [typeof(RescoresRequest)] = new RescoresRequest(null, "case~207~2F", All: false),
        [typeof(RescoresAnswer)] = new RescoresAnswer(12, [new RefusedRescore("case~207~2Fb.svs", "It is Tiling.")]),
        [typeof(RebuildAnswer)] = new RebuildAnswer(20, [new LeftOutRun("case~207~2Fb.svs", Run, "the scores of its batch 3 are gone.")], 0, null),
        [typeof(VerifiedPart)] = new VerifiedPart("patches.csv", VerifiedState.Unchanged, "9f86d081884c7d65…", "9f86d081884c7d65…"),
        [typeof(DatasetUploadRequest)] = new DatasetUploadRequest("kaggle", "archive.zip", 1_600_000_000),
        [typeof(DatasetEntry)] = new DatasetEntry("kaggle", Moment, 279, 277_524, 78_786),
        [typeof(TrainingRunRequest)] = new TrainingRunRequest { Dataset = "kaggle", ModelVersion = "1.5.0", ValidationShare = 0.2 },
        [typeof(LiveAnswer)] = new LiveAnswer("live"),
        [typeof(ReadyAnswer)] = new ReadyAnswer(
            "ready",
            Model,
            "cpu",
            null,
            null,
            new Dictionary<string, QueueBacklog> { [Queues.PatchBatches] = new(4, 12) },
            new Dictionary<string, int> { [Queues.PatchBatches + Queues.PoisonSuffix] = 0 })
        {
            Threads = 4,
            ChunkSize = 32,
            BatchesAtOnce = 1,
        },
    };

    /// <summary>Answers that are files, or JSON that another format fixes, by route.</summary>
    public static IReadOnlyDictionary<string, (string Type, string Description, JsonNode? Example)> Files { get; } =
        new Dictionary<string, (string, string, JsonNode?)>
        {
            ["GET api/slides/{slide}/exports/{file}"] = (
                "application/octet-stream",
                "The file: text/csv, application/geo+json, image/png or application/json.",
                null),
            ["GET api/slides/{slide}/mask"] = ("image/png", "The mask: white or any colour is tissue, black is none.", null),
            ["GET api/slides/{slide}/deepzoom.dzi"] = (
                "application/xml",
                "The slide's size and tiles in the Deep Zoom format; "
                + "the header Idc-Lowest-Level says from which level on tiles can be had.",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                + "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"jpeg\" Overlap=\"0\" TileSize=\"256\">"
                + "<Size Width=\"80000\" Height=\"66000\"/></Image>"),
            ["GET api/slides/{slide}/deepzoom_files/{level}/{tile}.jpeg"] = ("image/jpeg", "The tile, at most 256 × 256 px.", null),
            ["GET api/slides/{slide}/thumbnail.jpeg"] = ("image/jpeg", "The whole slide, at most 320 px wide or high.", null),
            ["GET api/corrections/export"] = ("application/zip", "The corrected patches in the layout of the data set, with corrections.csv.", null),
            ["GET api/models/{name}/{version}/bundle"] = (
                "application/zip",
                "The version's files and a short program that scores patches with them.",
                null),
            ["GET api/training-runs/{run}/results/{file}"] = (
                "application/octet-stream",
                "The file: application/json, text/csv, text/html or image/png.",
                null),
            ["GET api/models/{name}/{version}"] = (
                "application/json",
                "The model's manifest: a WSInfer Model Zoo configuration with further keys.",
                new JsonObject
                {
                    ["spec_version"] = "1.0",
                    ["model_name"] = "idc-wrn-16-2",
                    ["model_version"] = "1.0.0",
                    ["patch_size_pixels"] = 50,
                    ["spacing_um_px"] = 4,
                    ["decision_threshold"] = 0.38,
                }),
        };
}
