using System.Globalization;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides.Training;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>Training runs over HTTP: start, watch, stop, results. Who trains is the job that their messages start.</summary>
public static class TrainingRunsApi
{
    private const int MostRuns = 100;
    private const int DefaultRuns = 20;

    /// <summary>A report's own styles and pictures, and nothing that runs.</summary>
    private const string ReportPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary>Maps the routes.</summary>
    public static void MapTrainingRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/training-runs", ListAsync).For(Role.Reader);
        routes.MapPost("/api/training-runs", PostAsync).For(Role.Admin);
        routes.MapGet("/api/training-runs/{run}", GetAsync).For(Role.Reader);
        routes.MapDelete("/api/training-runs/{run}", CancelAsync).For(Role.Admin);
        routes.MapGet("/api/training-runs/{run}/results/{file}", ResultAsync).For(Role.Reader);
    }

    /// <summary>Starts a run that has no faults.</summary>
    internal static async Task<Accepted<TrainingRunAnswer>> CreateAsync(
        TrainingRunRequest request, TrainingRuns runs, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = TrainingRunId.New(now);
        await runs.CreateAsync(id, request with { RequestedAt = now }, cancellationToken);
        return TypedResults.Accepted($"/api/training-runs/{id}", (await runs.FindAsync(id, cancellationToken))!);
    }

    private static async Task<Results<Ok<Page<TrainingRunAnswer>>, ProblemHttpResult>> ListAsync(
        string? continuation, int? top, TrainingRuns runs, CancellationToken cancellationToken)
    {
        if (top is < 1 or > MostRuns)
        {
            return Problems.Invalid("top", string.Create(CultureInfo.InvariantCulture, $"must be 1 to {MostRuns}."));
        }

        if (continuation is not null && TrainingRunId.Parse(continuation) is null)
        {
            return Problems.Invalid("continuation", $"'{continuation}' is none of this listing.");
        }

        var ids = (await runs.ListAsync(cancellationToken))
            .Where(id => continuation is null || string.CompareOrdinal(id.Value, continuation) < 0)
            .ToList();
        var page = ids.Take(top ?? DefaultRuns).ToList();
        var answers = await Task.WhenAll(page.Select(id => runs.FindAsync(id, cancellationToken)));
        return TypedResults.Ok(new Page<TrainingRunAnswer>([.. answers.OfType<TrainingRunAnswer>()], page.Count < ids.Count ? page[^1].Value : null));
    }

    private static async Task<Results<Accepted<TrainingRunAnswer>, ProblemHttpResult>> PostAsync(
        TrainingRunRequest request, Datasets datasets, TrainingRuns runs, TimeProvider time, CancellationToken cancellationToken)
    {
        var faults = request.Faults().ToList();
        if (StoredName.IsValid(request.Dataset) && !await datasets.ExistsAsync(request.Dataset, cancellationToken))
        {
            faults.Add(("dataset", $"there is no data set '{request.Dataset}'."));
        }

        if (!request.IntakeOnly
            && faults.All(fault => fault.Field is not ("modelName" or "modelVersion"))
            && await runs.IsTakenAsync(request.NameOfModel(), request.ModelVersion, cancellationToken))
        {
            faults.Add((
                "modelVersion",
                $"{request.NameOfModel()} {request.ModelVersion} exists or is being made, and versions are never overwritten."));
        }

        return faults.Count == 0 ? await CreateAsync(request, runs, time, cancellationToken) : Problems.InvalidTraining(faults);
    }

    private static async Task<Results<Ok<TrainingRunAnswer>, ProblemHttpResult>> GetAsync(
        string run, TrainingRuns runs, CancellationToken cancellationToken) =>
        TrainingRunId.Parse(run) is { } id && await runs.FindAsync(id, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : Problems.TrainingRunNotFound(run);

    private static async Task<Results<Accepted<TrainingRunAnswer>, ProblemHttpResult>> CancelAsync(
        string run, TrainingRuns runs, CancellationToken cancellationToken)
    {
        if (TrainingRunId.Parse(run) is not { } id || await runs.FindAsync(id, cancellationToken) is not { } found)
        {
            return Problems.TrainingRunNotFound(run);
        }

        if (found.Status is TrainingRunStatus.Succeeded or TrainingRunStatus.Failed or TrainingRunStatus.Cancelled)
        {
            return Problems.Conflict("training-ended", $"The training run {run} has ended: {found.Status}.");
        }

        await runs.CancelAsync(id, cancellationToken);
        return TypedResults.Accepted((string?)null, (await runs.FindAsync(id, cancellationToken))!);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ResultAsync(
        string run, string file, HttpResponse response, TrainingRuns runs, CancellationToken cancellationToken)
    {
        if (TrainingRunId.Parse(run) is not { } id)
        {
            return Problems.TrainingRunNotFound(run);
        }

        if (!TrainingResults.MediaTypes.TryGetValue(file, out var type) || await runs.FindFileAsync(id, file, cancellationToken) is not { } content)
        {
            return Problems.NotFound(
                $"The training run {run} has no '{file}' (yet). Results are {string.Join(", ", TrainingResults.MediaTypes.Keys)}.");
        }

        if (type.StartsWith("text/html", StringComparison.Ordinal))
        {
            response.Headers.ContentSecurityPolicy = ReportPolicy;
        }

        return TypedResults.File(content, type);
    }
}
