using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdcFunctions.Functions.Api.Training;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides.Training;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace IdcFunctions.Functions.Api;

/// <summary>The API's description, OpenAPI 3.1, made from the routes themselves; what their code does not say is said here.</summary>
public static class ApiDescription
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>What each parameter is, with an example.</summary>
    private static readonly Dictionary<string, (string Description, JsonNode Example)> Parameters = new()
    {
        ["slide"] = ("The slide's id: the blob's name with every byte outside A-Z a-z 0-9 . _ - written ~XX.", "case~207~2Fa.svs"),
        ["patch"] = ("A patch: {row:D5}-{column:D5}.", "00012-00034"),
        ["file"] = ("A file of a complete run.", "patches.csv"),
        ["level"] = ("Deep Zoom level, 0 for one pixel.", "12"),
        ["tile"] = ("Tile of the level: {column}_{row}.", "3_5"),
        ["name"] = ("A model's name.", "idc-wrn-16-2"),
        ["version"] = ("A model's version.", "1.0.0"),
        ["prefix"] = ("Only ids that begin so.", "case~207~2F"),
        ["search"] = ("Only names that contain this text, whatever its case.", "biopsy"),
        ["status"] = ("Only slides of this status.", "Failed"),
        ["order"] = ("name (the default) or newest.", "newest"),
        ["continuation"] = ("The continuation of the page before.", "0123456789abcdef.00012-00034"),
        ["top"] = ("Most items on the page.", 100),
        ["minProbability"] = ("Only patches of at least this probability, 0 to 1.", "0.5"),
        ["with"] = ("The version of the model to compare with.", "1.1.0"),
        ["bbox"] = ("Only patches that touch x,y,width,height in level-0 pixels.", "10000,8000,4000,4000"),
        ["dataset"] = ("A data set's name.", "kaggle"),
        ["run"] = ("A training run's id.", "20260131-142500-0123abcd"),
        ["width"] = ("The network's widening factor.", 2),
        ["depth"] = ("The network's depth, 6n + 4.", 16),
        ["denseUnits"] = ("Units of the dense layer before the last.", 20),
        ["umPerPixel"] = ("The picture's µm/px; left out for a picture that is a patch.", "1.0"),
    };

    /// <summary>An example of each body and answer.</summary>
    private static readonly Dictionary<Type, object> Examples = new()
    {
        [typeof(UploadRequest)] = new UploadRequest("case 7/a.svs", 512_000_000),
        [typeof(UploadAnswer)] = new UploadAnswer("case~207~2Fa.svs", new Uri("https://account.blob.core.windows.net/slides/case%207/a.svs?sv=…&sig=…"), DateTimeOffset.UnixEpoch, 8 << 20),
        [typeof(PatchAnswer)] = new PatchAnswer(12, 34, 27200, 9600, 800, 800, 0.913, false, false, false),
        [typeof(PredictedPatch)] = new PredictedPatch(0, 0, 0, 0, 50, 50, 0.913, true),
        [typeof(PredictionAnswer)] = new PredictionAnswer("idc-wrn-16-2 1.0.0", 0.38, 50, 50, 4, [new PredictedPatch(0, 0, 0, 0, 50, 50, 0.913, true)], 0.04, 0.04),
        [typeof(CorrectionsRequest)] = new CorrectionsRequest("Dr Reviewer", [new LabelledCell(12, 34, CorrectionLabel.NotIdc)]),
        [typeof(CorrectionsAnswer)] = new CorrectionsAnswer("0123456789abcdef", [new Correction(12, 34, CorrectionLabel.NotIdc, "Dr Reviewer", DateTimeOffset.UnixEpoch)]),
        [typeof(VerifiedPart)] = new VerifiedPart("patches.csv", VerifiedState.Unchanged, "9f86d081884c7d65…", "9f86d081884c7d65…"),
        [typeof(DatasetUploadRequest)] = new DatasetUploadRequest("kaggle", "archive.zip", 1_600_000_000),
        [typeof(DatasetEntry)] = new DatasetEntry("kaggle", DateTimeOffset.UnixEpoch, 279, 277_524, 78_786),
        [typeof(TrainingRunRequest)] = new TrainingRunRequest { Dataset = "kaggle", ModelVersion = "1.1.0", ValidationShare = 0.2 },
        [typeof(GridAnswer)] = new GridAnswer("0123456789abcdef", 2, 1, 800, 800, 800, 800, 50, 50, 4, 1600, 800, 0.25, 0.25, 0.38, [0, 0, 128, 63, 0, 0, 192, 127], [0, 0]),
    };

    /// <summary>Describes the routes below <c>/api</c> and <c>/health</c>; the functions' own are the host's business.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = route => route.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("health/", StringComparison.Ordinal));
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "IdcFunctions",
                Version = "1",
                Description = "Predicted invasive ductal carcinoma in whole-slide images: area and burden, for research use. Errors are RFC 9457 problem details whose type, urn:idcfunctions:…, is stable. Requests that change something carry the header X-Requested-With, with any value.",
            };

            // Where it is served is where it was read.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is null && Examples.TryGetValue(context.JsonTypeInfo.Type, out var example))
            {
                schema.Examples = [JsonSerializer.SerializeToNode(example, Json)!];
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            operation.OperationId = $"{context.Description.HttpMethod}_{context.Description.RelativePath}".ToLower(CultureInfo.InvariantCulture);
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => Parameters.ContainsKey(parameter.Name ?? "")))
            {
                (parameter.Description, parameter.Example) = (Parameters[parameter.Name!].Description, Parameters[parameter.Name!].Example.DeepClone());
            }

            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A problem",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = await context.GetOrCreateSchemaAsync(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), null, cancellationToken),
                        Example = new JsonObject { ["type"] = "urn:idcfunctions:slide-not-found", ["title"] = "slide-not-found", ["status"] = 404, ["detail"] = "There is no slide 'a.svs'." },
                    },
                },
            };
        });
    }
}
