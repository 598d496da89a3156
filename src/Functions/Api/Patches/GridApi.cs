using System.Buffers.Binary;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>A run's grid for overlays: every probability as the graph gave it, so that a viewer counts what the CSV holds.</summary>
public static class GridApi
{
    /// <summary>Maps the route.</summary>
    public static void MapGrid(this IEndpointRouteBuilder routes) => routes.MapGet("/api/slides/{slide}/grid", GetAsync).For(Role.Reader);

    private static async Task<Results<Ok<GridAnswer>, ProblemHttpResult>> GetAsync(
        string slide, string? run, SlideTable slides, RunLedger ledger, RunFiles files, CancellationToken cancellationToken)
    {
        var (published, problem) = await SlideLookup.FindPublishedAsync(slide, slides, cancellationToken);
        if (published is null)
        {
            return problem!;
        }

        var asked = published.Run;
        if (run is not null)
        {
            if (!RunId.TryParse(run, out var other))
            {
                return Problems.Invalid("run", $"'{run}' is not 16 lower-case hex digits.");
            }

            if (!(await RunsApi.CompleteAsync(published, ledger, cancellationToken)).Exists(row => row.RowKey == run))
            {
                return Problems.NotFound($"Slide '{slide}' has no complete run {run} of its present content.");
            }

            asked = other!;
        }

        if (await files.FindScoredRunAsync(published.Slide, asked, cancellationToken) is { } scored)
        {
            return TypedResults.Ok(Make(asked, scored));
        }

        return await ledger.FindRunAsync(published.Slide, asked, cancellationToken) is null or { State: nameof(RunState.Deleting) }
            ? Problems.ResultGone(slide)
            : Problems.ScoresGone(slide);
    }

    private static GridAnswer Make(RunId run, ScoredRun scored)
    {
        var grid = scored.Plan.Grid;
        var (firstRow, firstColumn, rows, columns) = ExtentOf(scored.Scores);
        var probabilities = new byte[rows * columns * sizeof(float)];
        var qualities = new byte[rows * columns];
        for (var i = 0; i < qualities.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(probabilities.AsSpan(i * sizeof(float)), float.NaN);
        }

        foreach (var score in scored.Scores)
        {
            var index = ((score.Cell.Row - firstRow) * columns) + score.Cell.Column - firstColumn;
            BinaryPrimitives.WriteSingleLittleEndian(probabilities.AsSpan(index * sizeof(float)), score.Probability);
            qualities[index] = (byte)score.Qualities;
        }

        var (x, y) = (scored.Plan.Properties.SpacingX, scored.Plan.Properties.SpacingY);
        return new GridAnswer(
            run.Value,
            grid.Columns,
            grid.Rows,
            firstColumn,
            firstRow,
            columns,
            rows,
            grid.PatchSideUm / x,
            grid.PatchSideUm / y,
            grid.StridePixels * grid.TargetSpacingUmPx / x,
            grid.StridePixels * grid.TargetSpacingUmPx / y,
            grid.PatchSidePixels,
            grid.StridePixels,
            grid.TargetSpacingUmPx,
            grid.SlideWidth,
            grid.SlideHeight,
            x,
            y,
            scored.DecisionThreshold,
            probabilities,
            qualities);
    }

    /// <summary>The rectangle around what was scored: of a small region in steps of a pixel, the whole grid is tens of millions of cells.</summary>
    private static (int FirstRow, int FirstColumn, int Rows, int Columns) ExtentOf(IReadOnlyList<PatchScore> scores)
    {
        if (scores.Count == 0)
        {
            return default;
        }

        var (firstRow, firstColumn) = (scores.Min(score => score.Cell.Row), scores.Min(score => score.Cell.Column));
        return (firstRow, firstColumn, scores.Max(score => score.Cell.Row) - firstRow + 1, scores.Max(score => score.Cell.Column) - firstColumn + 1);
    }
}
