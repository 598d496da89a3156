using System.Globalization;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Api;

/// <summary>
/// Predictions of pictures that are kept nowhere: a patch, or a larger picture with its µm/px. Decoded where slides are,
/// and by the same code.
/// </summary>
public static class PredictApi
{
    /// <summary>Bytes of a picture.</summary>
    private const int MostBytes = 32 << 20;

    /// <summary>Patches of a picture: a minute of one core.</summary>
    private const int MostPatches = 4096;

    /// <summary>One white pixel: as a mask it says that all of a square is tissue. What is sent as a patch is not asked whether it is one.</summary>
    private static readonly byte[] AllTissue = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==");

    /// <summary>Maps the route.</summary>
    public static void MapPredict(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/predict", PostAsync).For(Role.Reader).Accepts<byte[]>("image/png", "image/jpeg");

    private static async Task<Results<Ok<PredictionAnswer>, ProblemHttpResult>> PostAsync(
        string? umPerPixel,
        HttpRequest request,
        ModelStore models,
        SlideDecoders decoders,
        IOptions<TilingOptions> tiling,
        IOptions<ScoringOptions> scoring,
        CancellationToken cancellationToken)
    {
        double? spacing = null;
        if (umPerPixel is not null)
        {
            if (!double.TryParse(umPerPixel, NumberStyles.Float, CultureInfo.InvariantCulture, out var given) || !MicronsPerPixel.IsPlausible(given))
            {
                return Problems.Invalid("umPerPixel", $"'{umPerPixel}' is no µm/px between {MicronsPerPixel.Finest} and {MicronsPerPixel.Coarsest}.");
            }

            spacing = given;
        }

        if (await RequestBody.ReadAsync(request, MostBytes, cancellationToken) is not { } picture)
        {
            return Problems.TooLarge(MostBytes);
        }

        if (picture.Length == 0)
        {
            return Problems.Invalid("body", "it is empty; it is to be a PNG or JPEG.");
        }

        try
        {
            if (await models.FindActiveAsync(cancellationToken) is not { } model)
            {
                return Problems.Conflict("no-active-model", "No model is active. POST /api/models/{name}/{version}/activate.");
            }

            var scorer = await models.GetOwnScorerAsync(model.ModelName, model.ModelVersion, cancellationToken);
            var asked = new TilingRequest(
                "picture",
                spacing ?? model.SpacingUmPx,
                model.SpacingUmPx,
                model.PatchSizePixels,
                model.PatchSizePixels,
                null,
                IsUpsampled: false,
                model.Resampling,
                tiling.Value.MinTissueFraction)
            {
                Tissue = tiling.Value.ToRules(),
                Mask = spacing is null ? AllTissue : null,
            };
            var scores = new List<PatchScore>();
            var tiled = await decoders.TileAsync(
                new BytesSource(picture),
                asked,
                (cells, pixels, token) =>
                {
                    if (spacing is null && scores.Count + cells.Count > 1)
                    {
                        // It is no patch: it is read on for its size, which the answer names.
                        return ValueTask.CompletedTask;
                    }

                    if (scores.Count + cells.Count > MostPatches)
                    {
                        throw new SlideRefusedException(new SlideFailure(
                            FailureSteps.Predict,
                            "picture-too-large",
                            $"The picture has more than {MostPatches} patches.",
                            "Upload it as a slide instead."));
                    }

                    var probabilities = new float[cells.Count];
                    OrientedScoring.Score(scorer, scoring.Value.AllOrientations, pixels, probabilities, new float[cells.Count], token);
                    foreach (var (cell, probability) in cells.Zip(probabilities))
                    {
                        scores.Add(new PatchScore(cell.Cell, probability, PatchQualities.None));
                    }

                    return ValueTask.CompletedTask;
                },
                cancellationToken);
            var side = model.PatchSizePixels;
            return spacing is null && (tiled.Properties.Width, tiled.Properties.Height) != (side, side)
                ? Problems.Invalid(
                    "umPerPixel",
                    $"the picture has {tiled.Properties.Width} × {tiled.Properties.Height} px. "
                    + $"A patch has {side} × {side}; of any other picture the µm/px must be said.")
                : TypedResults.Ok(Make(tiled, scores, model.DecisionThreshold, $"{model.ModelName} {model.ModelVersion}"));
        }
        catch (SlideRefusedException refused)
        {
            return Problems.Unprocessable(refused.Failure);
        }
        catch (DecoderCrashedException crashed)
        {
            return Problems.Unprocessable("slide-damaged", crashed.Message);
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

    private static PredictionAnswer Make(TiledSlide tiled, IEnumerable<PatchScore> scores, double threshold, string model)
    {
        var patches = scores.Select(score =>
        {
            var region = tiled.Grid.RegionOf(score.Cell);
            return new PredictedPatch(
                score.Cell.Row,
                score.Cell.Column,
                region.MinX,
                region.MinY,
                region.Width,
                region.Height,
                score.Probability,
                score.Probability >= threshold);
        }).ToList();
        var area = tiled.Grid.PatchAreaMm2;
        return new PredictionAnswer(
            model,
            threshold,
            tiled.Properties.Width,
            tiled.Properties.Height,
            tiled.Properties.SpacingX,
            patches,
            patches.Count * area,
            patches.Count(patch => patch.IsIdc) * area);
    }
}
