using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Models over HTTP.</summary>
public static class ModelsApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/models", ListAsync).For(Role.Reader);
        routes.MapGet("/api/models/{name}/{version}", GetAsync).For(Role.Reader);
        routes.MapGet("/api/models/{name}/{version}/bundle", BundleAsync).For(Role.Reader);
        routes.MapPost("/api/models/{name}/{version}/activate", ActivateAsync).For(Role.Admin);
    }

    private static async Task<Ok<Page<ActiveModel>>> ListAsync(ModelStore models, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<ActiveModel>(await models.ListAsync(cancellationToken), null));

    private static async Task<IResult> GetAsync(string name, string version, ModelStore models, CancellationToken cancellationToken) =>
        await models.FindManifestAsync(name, version, cancellationToken) is { } manifest
            ? Results.Json(manifest, ModelManifestJson.Default.ModelManifest)
            : Problems.NotFound($"There is no model {name} {version}.");

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> BundleAsync(
        string name, string version, ModelBundle bundle, CancellationToken cancellationToken) =>
        await bundle.ZipAsync(name, version, cancellationToken) is { } zip
            ? TypedResults.File(zip, "application/zip", $"{name}-{version}.zip")
            : Problems.NotFound($"There is no model {name} {version}.");

    private static async Task<Results<NoContent, ProblemHttpResult>> ActivateAsync(
        string name, string version, ModelStore models, CancellationToken cancellationToken)
    {
        try
        {
            await models.ActivateAsync(name, version, cancellationToken);
            return TypedResults.NoContent();
        }
        catch (ModelRefusedException refused)
        {
            return Problems.Conflict("model-refused", refused.Message);
        }
        catch (GpuRequiredException required)
        {
            return Problems.Conflict("gpu-required", required.Message);
        }
    }
}
