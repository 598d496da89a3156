using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>Data sets over HTTP. Their bytes never come here, but for reviewers' corrections, which are made here.</summary>
public static class DatasetsApi
{
    private const string CorrectionsFile = "corrected-patches";
    private const string ZipSuffix = ".zip";

    /// <summary>Maps the routes.</summary>
    public static void MapDatasets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/datasets", ListAsync).For(Role.Reader);
        routes.MapPost("/api/datasets", UploadAsync).For(Role.Admin);
        routes.MapGet("/api/datasets/{dataset}", GetAsync).For(Role.Reader);
        routes.MapPost("/api/datasets/{dataset}/intake", TakeInAsync).For(Role.Admin);
        routes.MapPost("/api/datasets/{dataset}/corrections", AddCorrectionsAsync).For(Role.Admin);
    }

    private static async Task<Ok<Page<DatasetEntry>>> ListAsync(Datasets datasets, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<DatasetEntry>(await datasets.ListAsync(cancellationToken), null));

    private static async Task<Results<Ok<DatasetUploadAnswer>, ProblemHttpResult>> UploadAsync(
        DatasetUploadRequest upload, Datasets datasets, SignedAddresses addresses, CancellationToken cancellationToken)
    {
        if (!StoredName.IsValid(upload.Name))
        {
            return Problems.Invalid("name", $"'{upload.Name}': {StoredName.Rule}.");
        }

        if (!StoredName.IsValid(upload.File) || !upload.File.EndsWith(ZipSuffix, StringComparison.Ordinal))
        {
            return Problems.Invalid(
                "file",
                $"'{upload.File}' is no name of a zip: {StoredName.Rule}, and {ZipSuffix} last. "
                + $"Single patches are written to container '{Containers.Datasets}' by other tools.");
        }

        if (upload.Length is < 1 or > UploadsApi.MostBytes)
        {
            return Problems.Invalid("length", $"{upload.Length} is not 1 to {UploadsApi.MostBytes} bytes.");
        }

        if (!upload.Replaces && await datasets.HoldsAsync(upload.Name, upload.File, cancellationToken))
        {
            return Problems.Conflict(
                "dataset-file-exists",
                $"Data set '{upload.Name}' has a file '{upload.File}' already. "
                + "Upload with \"replaces\": true to replace it, or under another name.");
        }

        var (address, expires) = await addresses.SignDatasetAsync(upload.Name, upload.File, cancellationToken);
        return TypedResults.Ok(new DatasetUploadAnswer(upload.Name, address, expires, UploadsApi.BlockBytes));
    }

    private static async Task<Results<Ok<DatasetAnswer>, ProblemHttpResult>> GetAsync(
        string dataset, Datasets datasets, CancellationToken cancellationToken) =>
        StoredName.IsValid(dataset) && await datasets.FindAsync(dataset, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : Problems.DatasetNotFound(dataset);

    private static async Task<Results<Accepted<TrainingRunAnswer>, ProblemHttpResult>> TakeInAsync(
        string dataset, Datasets datasets, TrainingRuns runs, TimeProvider time, CancellationToken cancellationToken) =>
        StoredName.IsValid(dataset) && await datasets.ExistsAsync(dataset, cancellationToken)
            ? await TrainingRunsApi.CreateAsync(new TrainingRunRequest { Dataset = dataset, IntakeOnly = true }, runs, time, cancellationToken)
            : Problems.DatasetNotFound(dataset);

    private static async Task<Results<Ok<DatasetAnswer>, ProblemHttpResult>> AddCorrectionsAsync(
        string dataset, string? prefix, Datasets datasets, CorrectedPatches patches, CancellationToken cancellationToken)
    {
        if (!SlideQuery.IsKey(prefix))
        {
            return Problems.NoKey("prefix");
        }

        if (!StoredName.IsValid(dataset))
        {
            return Problems.DatasetNotFound(dataset);
        }

        if (await patches.ZipAsync(prefix ?? "", cancellationToken) is not { } zip)
        {
            return Problems.TooManyCorrections();
        }

        // A file a part: the next one does not take its place.
        var file = string.IsNullOrEmpty(prefix) ? CorrectionsFile + ZipSuffix : $"{CorrectionsFile}-{prefix}{ZipSuffix}";
        await datasets.PutAsync(dataset, file, zip, cancellationToken);
        return TypedResults.Ok((await datasets.FindAsync(dataset, cancellationToken))!);
    }
}
