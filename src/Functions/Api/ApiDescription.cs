using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace IdcFunctions.Functions.Api;

/// <summary>The API's description, OpenAPI 3.1, made from the routes themselves.</summary>
public static class ApiDescription
{
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
                Description = "Predicted invasive ductal carcinoma in whole-slide images: area and burden, for research use. Errors are RFC 9457 problem details whose type is stable.",
            };

            // Where it is served is where it was read.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
    }
}
