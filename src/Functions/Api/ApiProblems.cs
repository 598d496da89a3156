using System.Text.Json.Nodes;

namespace IdcFunctions.Functions.Api;

/// <summary>The problems that each route of the API answers with, for its description; the tests make each of them happen.</summary>
public static class ApiProblems
{
    private const string Slide = "There is no slide 'a.svs'. An id is the blob's name with every byte outside A-Z a-z 0-9 . _ - written ~XX.";
    private const string Deleted = "Slide 'a.svs' is deleted. POST /api/slides/a.svs/restore brings it back.";

    private static readonly (int, string, string) BadRequest = (
        400, "bad-request", "The body, or a parameter, can't be read as what /openapi/v1.json says it is.");
    private static readonly (int, string, string) SlideNotFound = (404, "slide-not-found", Slide);
    private static readonly (int, string, string) NoResult = (404, "no-result", "Slide 'a.svs' has no published result; its status is Tiling.");
    private static readonly (int, string, string) SlideDeleted = (410, "slide-deleted", Deleted);
    private static readonly (int, string, string) RunSuperseded = (
        410, "run-superseded", "The run that this continuation belongs to is no longer the published one. Start again without it.");
    private static readonly (int, string, string) ModelRefused = (
        409, "model-refused", "idc-wrn-16-2 9.0.0: storage holds no such model. Publish it, or activate another.");
    private static readonly (int, string, string) TooLarge = (
        413,
        "too-large",
        "The body has more than the 33,554,432 bytes that this address takes. Slides are uploaded straight to storage: POST /api/uploads.");
    private static readonly (int, string, string) NotViewable = (
        422, "format-needs-openslide", "a.svs: it is a Hamamatsu NDPI, which needs the library OpenSlide, and that is not installed.");
    private static readonly (int, string, string) SlideChanged = (
        409, "slide-changed", "Slide 'a.svs' has other content than its result. Wait for its new run.");
    private static readonly (int, string, string) Preparing = (
        503, "view-preparing", "a.svs: it is being copied to be looked at. Ask again after Retry-After.");
    private static readonly (int, string, string) NoModel = (404, "not-found", "There is no model none 1.0.0.");
    private static readonly (int, string, string) NoActiveModel = (409, "no-active-model", "a.svs: no model is active.");
    private static readonly (int, string, string) NoDataset = (
        404, "dataset-not-found", "There is no data set 'none'. POST /api/datasets gives an address to upload one to.");
    private static readonly (int, string, string) NoTraining = (
        404, "training-run-not-found", "There is no training run '20260131-142500-0123abcd'.");
    private static readonly (int, string, string) TooManyCorrections = (
        422,
        "too-many-corrections",
        "There are more than 10000 corrections. Take them in parts: the query's prefix takes the beginning of slides' ids.");
    private static readonly (int, string, string) NoTile = (404, "not-found", "The slide's pyramid has no such tile.");

    private static readonly Dictionary<string, (int Status, string Type, string Detail)[]> ByRoute = new()
    {
        ["GET api/slides"] = [Invalid("top: must be 1 to 1000.")],
        ["GET api/slides/{slide}"] = [SlideNotFound],
        ["DELETE api/slides/{slide}"] = [SlideNotFound],
        ["POST api/slides/{slide}/restore"] = [SlideNotFound, (409, "slide-purged", "a.svs: the slide is being taken away for good.")],
        ["POST api/slides/{slide}/rescore"] =
        [
            Invalid("Idempotency-Key: it has 300 characters; at most 255 are taken."),
            SlideNotFound,
            NoActiveModel,
            SlideDeleted,
        ],
        ["POST api/slides/{slide}/retry"] =
        [
            SlideNotFound,
            (409, "not-failed", "Slide 'a.svs' is Complete; only a failed slide can be retried. POST …/rescore makes a new run."),
        ],
        ["GET api/slides/{slide}/exports/{file}"] = [NoResult, SlideDeleted],
        ["GET api/slides/{slide}/verification"] = [NoResult, SlideDeleted],
        ["POST api/rescores"] = [Invalid("body: it needs one of slides, prefix and all."), TooLarge],
        ["POST api/rebuild"] =
        [
            Invalid("continuation: it is none that this address gave. Start again without one: what is restored stays as it is."),
        ],
        ["GET api/slides/{slide}/runs"] = [NoResult, SlideDeleted],
        ["GET api/slides/{slide}/compare"] =
        [
            BadRequest,
            NoResult,
            SlideDeleted,
            (409, "grids-differ", "The two runs have different grids: spacing or stride changed between them."),
        ],
        ["GET api/slides/{slide}/regions"] = [Invalid("top: must be 1 to 1000."), NoResult, SlideDeleted],
        ["GET api/slides/{slide}/uncertain"] = [Invalid("top: must be 1 to 1000."), NoResult, SlideDeleted],
        ["GET api/slides/{slide}/patches"] = [Invalid("minProbability: '2' is not a number from 0 to 1."), NoResult, RunSuperseded],
        ["GET api/slides/{slide}/patches/{patch}"] =
        [
            (
                404,
                "patch-not-found",
                "There is no scored patch '99999-00000'. "
                + "A patch is named {row:D5}-{column:D5}; cells without tissue are not scored."),
            SlideDeleted,
        ],
        ["GET api/slides/{slide}/mask"] = [NoResult, SlideDeleted],
        ["PUT api/slides/{slide}/mask"] = [Invalid("mask: it is no PNG."), SlideNotFound, NoActiveModel, SlideDeleted, TooLarge],
        ["DELETE api/slides/{slide}/mask"] = [(404, "not-found", "Slide 'a.svs' has no mask given by a user."), NoActiveModel],
        ["GET api/slides/{slide}/deepzoom.dzi"] = [SlideNotFound, SlideChanged, SlideDeleted, NotViewable, Preparing],
        ["GET api/slides/{slide}/deepzoom_files/{level}/{tile}.jpeg"] = [NoTile, SlideChanged, SlideDeleted, NotViewable, Preparing],
        ["GET api/slides/{slide}/thumbnail.jpeg"] = [SlideNotFound, SlideChanged, SlideDeleted, NotViewable, Preparing],
        ["GET api/slides/{slide}/grid"] = [Invalid("run: 'x' is not 16 lower-case hex digits."), NoResult, SlideDeleted],
        ["POST api/uploads"] =
        [
            Invalid("length: 0 is not 1 to 419430400000 bytes."),
            (
                409,
                "slide-exists",
                "There is a slide 'a.svs' already. Upload with \"replaces\": true to replace it, or under another name."),
            TooLarge,
        ],
        ["POST api/predict"] =
        [
            Invalid("umPerPixel: the picture has 200 × 200 px. A patch has 50 × 50; of any other picture the µm/px must be said."),
            (409, "no-active-model", "No model is active. POST /api/models/{name}/{version}/activate."),
            TooLarge,
            (422, "format-unknown", "picture: its first bytes belong to no known slide format."),
        ],
        ["GET api/slides/{slide}/corrections"] = [SlideNotFound],
        ["PUT api/slides/{slide}/corrections"] =
        [
            Invalid("items: row 999, column 0 is no scored patch of this slide's result."),
            NoResult,
            SlideDeleted,
            (
                412,
                "corrections-changed",
                "This slide's corrections, or the content or grid they are on, were changed since they were read. "
                + "Read them, change what is there now, and send the ETag of that answer."),
            TooLarge,
            (
                428,
                "if-match-missing",
                "A change of corrections needs the header If-Match with the ETag that they were read with: "
                + "they are replaced as a whole."),
        ],
        ["GET api/corrections/export"] = [Invalid("prefix: it holds other characters than ids do: A-Z a-z 0-9 . _ ~ -"), TooManyCorrections],
        ["GET api/models/{name}/{version}"] = [NoModel],
        ["GET api/models/{name}/{version}/bundle"] = [NoModel],
        ["POST api/models/{name}/{version}/activate"] = [ModelRefused],
        ["POST api/datasets"] =
        [
            Invalid("file: 'patches.tar' is no name of a zip."),
            (
                409,
                "dataset-file-exists",
                "Data set 'kaggle' has a file 'archive.zip' already. "
                + "Upload with \"replaces\": true to replace it, or under another name."),
            TooLarge,
        ],
        ["GET api/datasets/{dataset}"] = [NoDataset],
        ["POST api/datasets/{dataset}/intake"] = [NoDataset],
        ["POST api/datasets/{dataset}/corrections"] =
        [
            Invalid("prefix: it holds other characters than ids do: A-Z a-z 0-9 . _ ~ -"),
            NoDataset,
            TooManyCorrections,
        ],
        ["GET api/training-runs"] = [Invalid("top: must be 1 to 100.")],
        ["POST api/training-runs"] = [InvalidTraining("dataset", "there is no data set 'none'."), TooLarge],
        ["GET api/training-runs/{run}"] = [NoTraining],
        ["DELETE api/training-runs/{run}"] = [NoTraining, (409, "training-ended", "The training run 20260131-142500-0123abcd has ended: Succeeded.")],
        ["GET api/training-runs/{run}/results/{file}"] = [NoTraining],
        ["GET api/network"] = [InvalidTraining("options.depth", "The field Depth is 17; it must be 10, 16, 22, 28 … 100.")],
    };

    /// <summary>An example of each status that a route answers with beside its success.</summary>
    /// <param name="method">The method in capitals.</param>
    /// <param name="path">The route, without a leading slash.</param>
    public static IEnumerable<(int Status, JsonObject Example)> Of(string method, string path)
    {
        if (!path.StartsWith("api/", StringComparison.Ordinal))
        {
            return [];
        }

        var own = ByRoute.GetValueOrDefault($"{method} {path}", []).AsEnumerable();
        if (method is not "GET" && !own.Any(problem => problem.Item1 == 400))
        {
            own = own.Append((
                400,
                "header-missing",
                "A request that changes something needs the header X-Requested-With, with any value: "
                + "pages of other sites can't send it."));
        }

        return own
            .Append((
                429,
                "too-many-requests",
                "More requests than this app takes of one client at a time. "
                + "Try again in 1 s, as Retry-After says; the limits are the app's settings Requests__*."))
            .Select(problem => (problem.Item1, Example(problem.Item1, problem.Item2, problem.Item3)));
    }

    /// <summary>A problem as it is sent.</summary>
    public static JsonObject Example(int status, string type, string detail) =>
        new() { ["type"] = $"urn:idcfunctions:{type}", ["title"] = type, ["status"] = status, ["detail"] = detail };

    /// <summary>A training that can't be; its <c>errors</c> tell the same by field.</summary>
    private static (int, string, string) InvalidTraining(string field, string fault) => (400, "invalid-training", $"{field}: {fault}");

    private static (int, string, string) Invalid(string detail) => (400, "invalid-parameter", detail);
}
