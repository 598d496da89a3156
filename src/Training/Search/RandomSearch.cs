using System.Globalization;

namespace IdcFunctions.Training;

/// <summary>
/// Draws hyperparameters and trains with them; the best by validation AUC is the model. A trial that learns nothing is
/// kept as such, and the search goes on.
/// </summary>
/// <param name="request">Names trials, ranges and hours.</param>
/// <param name="kept">Gets each trial.</param>
/// <param name="log">Gets a line for each.</param>
public sealed class RandomSearch(TrainingRequest request, TrialFile kept, TextWriter log)
{
    /// <summary>Hours after which no further trial begins, where nothing is said.</summary>
    public const double DefaultHours = 24;

    /// <summary>The file of all trials, beside the checkpoints and in the model's folder.</summary>
    public const string FileName = "trials.json";

    /// <summary>Searches. Trials that had ended are not trained again, those that had begun go on, and the hours of both count.</summary>
    /// <param name="folderOf">The folder of a trial's checkpoints, by the trial's number, or null.</param>
    /// <param name="train">Trains with hyperparameters, in a folder.</param>
    /// <exception cref="TrainingException">All trials failed.</exception>
    public TrainedModel Run(Func<int, string?> folderOf, Func<TrainingOptions, string?, TrainedModel> train)
    {
        var ranges = TrialRange.All(request.Ranges);
        var random = new Random(request.Options.Seed);
        TrainedModel? best = null;
        for (var number = 1; number <= request.Trials && (number == 1 || Directory.Exists(folderOf(number)) || kept.Trials.Sum(trial => trial.Hours) < (request.TrialHours ?? DefaultHours)); number++)
        {
            var options = TrialRange.Draw(ranges, request.Options, random);
            var folder = folderOf(number);
            log.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"trial {number} of {request.Trials}: learning rate {options.LearningRate:0.####}, weight decay {options.WeightDecay:0.######}, "
                + $"jitter {options.StainJitter:0.###}, label smoothing {options.LabelSmoothing:0.###}, dropout {options.Dropout:0.###}"));
            if (kept.Add(options, folder, () => train(options, folder)) is not { } model)
            {
                log.WriteLine($"  failed: {kept.Trials[^1].Reason}");
                continue;
            }

            var (better, other) = best is null || model.Evaluation.AtThreshold.Point.Auc > best.Evaluation.AtThreshold.Point.Auc ? (model, best) : (best, model);
            other?.Dispose();
            best = better;
        }

        return best is not null
            ? best with { Provenance = best.Provenance with { Trials = kept.Trials } }
            : throw new TrainingException(
                $"No trial came to a model. {string.Join(' ', kept.Trials.Select(trial => $"Trial {trial.Number}: {trial.Reason}"))}");
    }
}
