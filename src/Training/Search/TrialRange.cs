using System.Globalization;

namespace IdcFunctions.Training;

/// <summary>A hyperparameter's range in a random search.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Low">Its least value.</param>
/// <param name="High">Its greatest value.</param>
public sealed record TrialRange(string Name, double Low, double High)
{
    private static readonly Dictionary<string, Func<TrainingOptions, double, TrainingOptions>> Setters = new()
    {
        ["learning-rate"] = (options, value) => options with { LearningRate = value },
        ["weight-decay"] = (options, value) => options with { WeightDecay = value },
        ["jitter"] = (options, value) => options with { StainJitter = value },
        ["label-smoothing"] = (options, value) => options with { LabelSmoothing = value },
        ["dropout"] = (options, value) => options with { Dropout = value },
    };

    private static readonly TrialRange[] Defaults =
    [
        new("learning-rate", 0.01, 0.1), new("weight-decay", 1e-4, 1e-3), new("jitter", 0.05, 0.3), new("label-smoothing", 0, 0.1), new("dropout", 0, 0.3),
    ];

    /// <summary>What is wrong with ranges given as <c>NAME=LOW..HIGH</c>: their form, or an end that the hyperparameter can't have.</summary>
    public static IEnumerable<string> Faults(IReadOnlyList<string> given)
    {
        foreach (var text in given)
        {
            if (Parse(text) is not { } range)
            {
                yield return $"--range '{text}' is no NAME=LOW..HIGH with LOW at most HIGH and one of the names {string.Join(", ", Setters.Keys)}.";
            }
            else if (new[] { range.Low, range.High }.SelectMany(end => Setters[range.Name](new TrainingOptions(), end).Faults()).Select(HyperparameterOptions.Told).FirstOrDefault() is { } fault)
            {
                yield return $"--range '{text}': {fault}";
            }
        }

        foreach (var (name, _) in given.Select(Parse).OfType<TrialRange>().CountBy(range => range.Name).Where(count => count.Value > 1))
        {
            yield return $"--range names {name} more than once. Give it one range.";
        }
    }

    /// <summary>The default ranges, those given in place of theirs.</summary>
    public static IReadOnlyList<TrialRange> All(IEnumerable<string> given)
    {
        var own = given.Select(text => Parse(text)!).ToDictionary(range => range.Name);
        return [.. Defaults.Select(range => own.GetValueOrDefault(range.Name, range))];
    }

    /// <summary>A value from each range: by its logarithm where the range does not begin at 0.</summary>
    public static TrainingOptions Draw(IEnumerable<TrialRange> ranges, TrainingOptions options, Random random) =>
        ranges.Aggregate(options, (drawn, range) =>
        {
            var share = random.NextDouble();
            return Setters[range.Name](drawn, range.Low > 0 ? range.Low * Math.Pow(range.High / range.Low, share) : range.High * share);
        });

    private static TrialRange? Parse(string text) =>
        text.Split('=') is [var name, var range] && Setters.ContainsKey(name) && range.Split("..") is [var low, var high]
        && double.TryParse(low, NumberStyles.Float, CultureInfo.InvariantCulture, out var from) && double.TryParse(high, NumberStyles.Float, CultureInfo.InvariantCulture, out var to)
        && from >= 0 && to >= from
            ? new TrialRange(name, from, to)
            : null;
}
