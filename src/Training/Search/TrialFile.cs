using System.Text.Json;
using IdcFunctions.Training.Reporting;

namespace IdcFunctions.Training;

/// <summary>What the trials of a search, or the folds of a cross-validation, came to: a file that is written after each.</summary>
/// <param name="request">The request; its checkpoints' folder gets the file, or, where there is none, the folder of the models.</param>
/// <param name="name">The file's name.</param>
/// <param name="time">The clock.</param>
public sealed class TrialFile(TrainingRequest request, string name, TimeProvider time)
{
    private readonly string path = request.Checkpoints is { } folder
        ? Path.Combine(folder, name)
        : Path.Combine(request.Target.Folder, $"{request.Target.Name}-{request.Target.Version}-{name}");
    private readonly List<Trial> trials = [];

    /// <summary>How trials are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Those that have ended, in their order.</summary>
    public IReadOnlyList<Trial> Trials => trials;

    /// <summary>Trains, and keeps what comes of it, or that it learnt nothing.</summary>
    /// <param name="options">The hyperparameters.</param>
    /// <param name="folder">The folder for its checkpoints, or null.</param>
    /// <param name="train">Trains.</param>
    /// <returns>The model; null where nothing was learnt.</returns>
    /// <exception cref="IOException">The file can't be written.</exception>
    public TrainedModel? Add(TrainingOptions options, string? folder, Func<TrainedModel> train)
    {
        var started = time.GetTimestamp();
        TrainedModel? model = null;
        string? reason = null;
        try
        {
            model = train();
        }
        catch (NothingLearntException exception)
        {
            reason = exception.Message;
        }

        var seconds = folder is null ? time.GetElapsedTime(started).TotalSeconds : ProgressFile.SpentSeconds(folder);
        trials.Add(new Trial(trials.Count + 1, options, model?.Evaluation.AtThreshold.Point, reason, seconds / 3600));
        WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(Trials, Json));
        return model;
    }
}
