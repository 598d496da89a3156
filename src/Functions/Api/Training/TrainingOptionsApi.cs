using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Slides.Training;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api.Training;

/// <summary>What can be chosen for a training, and the network that comes of it.</summary>
public static class TrainingOptionsApi
{
    private static readonly Page<TrainingOptionAnswer> Options = new([.. typeof(TrainingOptions).GetProperties().Select(Describe)], null);

    /// <summary>Maps the routes.</summary>
    public static void MapTrainingOptions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/training-options", () => TypedResults.Ok(Options)).For(Role.Reader);
        routes.MapGet("/api/network", GetNetwork).For(Role.Reader);
    }

    private static Results<Ok<NetworkAnswer>, ProblemHttpResult> GetNetwork(int? width, int? depth, int? denseUnits)
    {
        var defaults = new TrainingOptions();
        var options = defaults with
        {
            Width = width ?? defaults.Width,
            Depth = depth ?? defaults.Depth,
            DenseUnits = denseUnits ?? defaults.DenseUnits,
        };
        if (options.Faults().ToList() is { Count: > 0 } faults)
        {
            return Problems.InvalidTraining(faults);
        }

        var layers = NetworkLayer.Of(options.Shape());
        return TypedResults.Ok(new NetworkAnswer(
            options.Shape().Architecture,
            layers,
            layers.Sum(layer => layer.Parameters),
            layers.Sum(layer => layer.Gflop)));
    }

    private static TrainingOptionAnswer Describe(PropertyInfo option)
    {
        var range = option.GetCustomAttribute<RangeAttribute>();
        return new TrainingOptionAnswer(
            JsonNamingPolicy.CamelCase.ConvertName(option.Name),
            option.GetCustomAttribute<DescriptionAttribute>()!.Description,
            Convert.ToString(option.GetValue(new TrainingOptions()), CultureInfo.InvariantCulture)!,
            Number(range?.Minimum),
            Number(range?.Maximum),
            option.PropertyType == typeof(int),
            option.PropertyType.IsEnum ? Enum.GetNames(option.PropertyType) : []);
    }

    private static double? Number(object? limit) => limit is null ? null : Convert.ToDouble(limit, CultureInfo.InvariantCulture);
}
