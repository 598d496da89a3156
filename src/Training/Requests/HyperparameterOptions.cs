using System.CommandLine;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json;

namespace IdcFunctions.Training;

/// <summary>The hyperparameters on the command line; each option's text is what the hyperparameter says of itself.</summary>
public static class HyperparameterOptions
{
    private static readonly Dictionary<string, string> Names = new()
    {
        [nameof(TrainingOptions.Epochs)] = "--epochs",
        [nameof(TrainingOptions.BatchSize)] = "--batch",
        [nameof(TrainingOptions.Width)] = "--width",
        [nameof(TrainingOptions.Depth)] = "--depth",
        [nameof(TrainingOptions.DenseUnits)] = "--dense",
        [nameof(TrainingOptions.Dropout)] = "--dropout",
        [nameof(TrainingOptions.FrozenGroups)] = "--freeze",
        [nameof(TrainingOptions.Optimizer)] = "--optimizer",
        [nameof(TrainingOptions.Patience)] = "--patience",
        [nameof(TrainingOptions.LearningRate)] = "--learning-rate",
        [nameof(TrainingOptions.WarmUp)] = "--warm-up",
        [nameof(TrainingOptions.Momentum)] = "--momentum",
        [nameof(TrainingOptions.WeightDecay)] = "--weight-decay",
        [nameof(TrainingOptions.Shift)] = "--shift",
        [nameof(TrainingOptions.StainJitter)] = "--jitter",
        [nameof(TrainingOptions.LabelSmoothing)] = "--label-smoothing",
        [nameof(TrainingOptions.GradientClip)] = "--gradient-clip",
        [nameof(TrainingOptions.Precision)] = "--precision",
        [nameof(TrainingOptions.AverageDecay)] = "--average-decay",
        [nameof(TrainingOptions.Seed)] = "--seed",
        [nameof(TrainingOptions.Threads)] = "--threads",
    };

    /// <summary>Adds the options to a command.</summary>
    /// <returns>What reads their values, with the default where one was not given.</returns>
    public static Func<ParseResult, TrainingOptions> AddTo(Command command)
    {
        var readers = typeof(TrainingOptions).GetProperties().Select(property => property.GetValue(new TrainingOptions()) switch
        {
            int value => Add(command, property, value),
            double value => Add(command, property, value),
            OptimizerKind value => Add(command, property, value),
            TrainingPrecision value => Add(command, property, value),
            var value => throw new NotSupportedException($"{property.Name}: no option is made of {value}."),
        }).ToList();
        return parsed =>
        {
            var options = new TrainingOptions();
            readers.ForEach(read => read(parsed, options));
            return options;
        };
    }

    /// <summary>A fault of <see cref="TrainingOptions.Faults"/> in the command line's words.</summary>
    public static string Told((string Field, string Fault) fault)
    {
        var (property, name) = Names.Single(item => fault.Field == $"options.{JsonNamingPolicy.CamelCase.ConvertName(item.Key)}");
        return fault.Fault.Replace($"The field {property}", name, StringComparison.Ordinal);
    }

    private static Action<ParseResult, TrainingOptions> Add<T>(Command command, PropertyInfo property, T value)
    {
        var option = new Option<T>(Names[property.Name]) { Description = property.GetCustomAttribute<DescriptionAttribute>()!.Description };
        command.Add(option);
        return (parsed, options) => property.SetValue(options, parsed.GetResult(option) is null ? value : parsed.GetValue(option));
    }
}
