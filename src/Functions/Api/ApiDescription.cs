using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace IdcFunctions.Functions.Api;

/// <summary>The API's description, OpenAPI 3.1, made from the routes themselves; what their code does not say is said here.</summary>
public static class ApiDescription
{
    private const string ProblemSchema = "Problem";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>What each parameter is, with an example.</summary>
    private static readonly Dictionary<string, (string Description, JsonNode Example)> Parameters = new()
    {
        ["slide"] = ("The slide's id: the blob's name with every byte outside A-Z a-z 0-9 . _ - written ~XX.", "case~207~2Fa.svs"),
        ["patch"] = ("A patch: {row:D5}-{column:D5}.", "00012-00034"),
        ["file"] = ("A file of a complete run.", "patches.csv"),
        ["level"] = ("Deep Zoom level, 0 for one pixel.", "12"),
        ["tile"] = ("Tile of the level: {column}_{row}.", "3_5"),
        ["etag"] = (
            "The content that is meant: a picture asked for so may be kept for ever. "
            + "Other content than the slide is shown by is answered with 409.",
            "0x8DD0000000000000"),
        ["name"] = ("A model's name.", "idc-wrn-16-2"),
        ["version"] = ("A model's version.", "1.0.0"),
        ["prefix"] = ("Only ids that begin so.", "case~207~2F"),
        ["search"] = ("Only names that contain this text, whatever its case.", "biopsy"),
        ["status"] = ("Only slides of this status.", "Failed"),
        ["order"] = ("name (the default) or newest.", "newest"),
        ["continuation"] = ("The continuation of the page before.", "0123456789abcdef.00012-00034"),
        ["top"] = ("Most items on the page.", 100),
        ["minProbability"] = ("Only patches of at least this probability, 0 to 1.", "0.5"),
        ["with"] = (
            "The run to compare with, or its model by name and version, or the version alone: "
            + "the latest such run, scored with another model, or another of its graphs, than the published one.",
            "idc-wrn-16-2 1.1.0"),
        ["bbox"] = ("Only patches that touch x,y,width,height in level-0 pixels.", "10000,8000,4000,4000"),
        ["dataset"] = ("A data set's name.", "kaggle"),
        ["run"] = ("A run: of a slide's present content, left out for the published one; or of a training.", "20260131-142500-0123abcd"),
        ["width"] = ("The network's widening factor.", 2),
        ["depth"] = ("The network's depth, 6n + 4.", 16),
        ["denseUnits"] = ("Units of the dense layer before the last.", 20),
        ["If-Match"] = ("The ETag that the corrections were read with.", "\"0x8DD0000000000000.89abcdef01234567\""),
        ["umPerPixel"] = ("The picture's µm/px; left out for a picture that is a patch.", "1.0"),
    };

    /// <summary>Describes the routes below <c>/api</c> and <c>/health</c>; the functions' own are the host's business.</summary>
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = route =>
            route.RelativePath is { } path
            && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("health/", StringComparison.Ordinal));
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "IdcFunctions",
                Version = "1",
                Description = "Predicted invasive ductal carcinoma in whole-slide images: area and burden, for research use. "
                    + "Errors are RFC 9457 problem details whose type, urn:idcfunctions:…, is stable. "
                    + "Requests that change something carry the header X-Requested-With, with any value.",
            };

            // Where it is served is where it was read.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo is null && ApiExamples.ByType.TryGetValue(context.JsonTypeInfo.Type, out var example))
            {
                schema.Examples = [JsonSerializer.SerializeToNode(example, Json)!];
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var (method, path) = (context.Description.HttpMethod ?? "", context.Description.RelativePath ?? "");
            operation.OperationId = $"{method}_{path}".ToLower(CultureInfo.InvariantCulture);
            foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            {
                if (Parameters.TryGetValue(parameter.Name ?? "", out var known))
                {
                    (parameter.Description, parameter.Example) = (known.Description, known.Example.DeepClone());
                }
            }

            operation.Responses ??= [];
            if (ApiExamples.Files.TryGetValue($"{method} {path}", out var file))
            {
                operation.Responses["200"] = new OpenApiResponse
                {
                    Description = file.Description,
                    Content = new Dictionary<string, OpenApiMediaType> { [file.Type] = new() { Example = file.Example?.DeepClone() } },
                };
            }

            if (path == "api/slides/{slide}/corrections" && operation.Responses["200"] is OpenApiResponse read)
            {
                read.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["ETag"] = new OpenApiHeader
                    {
                        Description = "What a change sends as If-Match; absent where the slide has no result.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                };
            }

            if (context.Document!.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
            {
                var schema = await context.GetOrCreateSchemaAsync(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), null, cancellationToken);
                context.Document.AddComponent(ProblemSchema, schema);
            }

            var problem = new OpenApiSchemaReference(ProblemSchema, context.Document);
            foreach (var (status, example) in ApiProblems.Of(method, path))
            {
                operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = Problem(example["title"]!.GetValue<string>(), problem, example);
            }

            operation.Responses["default"] = Problem(
                "Any other problem",
                problem,
                ApiProblems.Example(404, "slide-not-found", "There is no slide 'a.svs'."));
        });
    }

    private static OpenApiResponse Problem(string description, IOpenApiSchema schema, JsonObject example) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = schema, Example = example } },
    };
}
