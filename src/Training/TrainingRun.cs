using System.Globalization;
using System.Text.Json;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Reporting;
using TorchSharp;

namespace IdcFunctions.Training;

/// <summary>From a data set to a written model: check, take in, split, train or load weights, measure, write.</summary>
public sealed class TrainingRun(TrainingRequest request, TimeProvider time, TextWriter log)
{
    /// <summary>Share of a target that teachers get where nothing is said: labels of outlines coarser than patches are less to be trusted than several networks' mean.</summary>
    public const double DefaultTeacherShare = 0.7;

    private const string TrialsFile = "trials.json";

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Runs. What can be wrong is looked for before the training, which may take hours.</summary>
    /// <exception cref="DatasetException">The data set, the case lists or the split can't be trained on.</exception>
    /// <exception cref="TrainingException">Training came to nothing, or the weights don't fit.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    /// <exception cref="IOException">A file can't be read or written, or the model's version exists.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        RequestCheck.ThrowIfInvalid(request);
        TrainingDevice.Find(request.Device);
        request.Target.ThrowIfTaken();
        Directory.CreateDirectory(request.Target.Folder);
        var notes = request.CardNotes is null ? "" : File.ReadAllText(request.CardNotes);
        var teachers = request.Teachers.Count == 0 ? null : Teachers.Find(request.Teachers);
        using var loaded = Load(request.Weights);
        using var initial = Load(request.InitialWeights);

        using var pack = new PatchIntake(request.Cache).Open(request.Dataset);
        foreach (var line in pack.Report.Lines())
        {
            log.WriteLine(line);
        }

        if (request.Folds > 0)
        {
            CrossValidate(pack, initial, cancellationToken);
            return;
        }

        var split = Split(pack);
        teachers?.ThrowIfTrainedOn(split.Validation);
        using var model = loaded is not null ? Measured(loaded, Provenance(request.Options, split, pack, teachers), request.Checkpoints)
            : request.Trials > 0 ? Search(split, pack, initial, teachers, cancellationToken)
            : Train(request.Options, split, pack, initial, teachers, request.Checkpoints, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        new ModelArtefact(request.Target, model.Provenance with { Notes = notes }).Write(model.Network, model.Evaluation, log);
    }

    private TrainedModel Train(TrainingOptions options, CaseSplit split, PatchPack pack, WideResNet? initial, Teachers? teachers, string? folder, CancellationToken cancellationToken)
    {
        var device = TrainingDevice.Find(request.Device);
        var provenance = Provenance(options, split, pack, teachers);
        var (training, validation) = (provenance.Training, provenance.Validation);
        validation.ThrowIfOneClass("validation");
        training.ThrowIfOneClass("training");
        log.WriteLine($"training: {split.Training.Count} cases, {training.Patches.Count} patches; validation: {split.Validation.Count} cases, {validation.Patches.Count} patches; on {(device.type == DeviceType.CUDA ? "a GPU" : "the processor")}");
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, ModelArtefact.SplitFile), split.ToJson());
        }

        var taught = teachers is null ? null : new TaughtTargets(teachers.Probabilities(training, request.Cache, options.Threads, log, cancellationToken), TeacherShare);
        var progress = folder is null ? null : new ProgressFile(folder, request.HourPrice, time);
        IReadOnlyList<EpochResult> epochs = [];
        try
        {
            var network = new TrainingDisplay(options.Epochs, time, log).While(show =>
                new Trainer(options, initial, folder is null ? null : Checkpoint(folder, options, split, training, teachers), time) { Device = device, Taught = taught }.Train(
                    training,
                    (epoch, averaged) => AfterEpoch(epoch, averaged, validation, folder),
                    snapshot =>
                    {
                        epochs = snapshot.Epochs;
                        show(snapshot);
                        progress?.Write(snapshot);
                    },
                    cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var model = Measured(network, provenance with { Epochs = epochs }, folder);
            progress?.End("succeeded", null);
            return model;
        }
        catch (Exception exception)
        {
            progress?.End(exception is OperationCanceledException ? "cancelled" : "failed", exception.Message);
            throw;
        }
    }

    private static TrainedModel Measured(WideResNet network, Provenance provenance, string? folder)
    {
        var evaluation = ModelEvaluation.Of(provenance.Validation.Patches, Prediction.Logits(network, provenance.Validation.Pixels));
        if (folder is not null)
        {
            File.WriteAllText(Path.Combine(folder, ModelArtefact.EvaluationFile), JsonSerializer.Serialize(evaluation, ModelArtefact.EvaluationJson));
        }

        return new TrainedModel(network, provenance, evaluation);
    }

    /// <summary>Trains on all folds but one, for each: how far figures vary with the cases. No model is written.</summary>
    private void CrossValidate(PatchPack pack, WideResNet? initial, CancellationToken cancellationToken)
    {
        var folds = new List<Trial>();
        foreach (var (index, split) in CaseSplit.Folds(pack.Cases, request.Folds, request.Options.Seed).Index())
        {
            log.WriteLine($"fold {index + 1} of {request.Folds}");
            using var model = Train(request.Options, split, pack, initial, teachers: null, Folder($"fold-{index + 1:D2}"), cancellationToken);
            folds.Add(new Trial(index + 1, request.Options, model.Evaluation.AtThreshold.Point));
        }

        foreach (var (name, value) in Metrics.Figures)
        {
            var values = folds.Select(fold => value(fold.Validation)).ToArray();
            var mean = values.Average();
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {mean:0.000} ± {Math.Sqrt(values.Sum(figure => (figure - mean) * (figure - mean)) / (values.Length - 1)):0.000} over {folds.Count} folds"));
        }

        Keep("folds.json", folds);
    }

    /// <summary>Draws hyperparameters and trains with them; the best by validation AUC is the model. Trials that had ended are not trained again.</summary>
    private TrainedModel Search(CaseSplit split, PatchPack pack, WideResNet? initial, Teachers? teachers, CancellationToken cancellationToken)
    {
        var ranges = TrialRange.All(request.Ranges);
        var random = new Random(request.Options.Seed);
        var started = time.GetTimestamp();
        var trials = new List<Trial>();
        TrainedModel? best = null;
        for (var number = 1; number <= request.Trials && (number == 1 || time.GetElapsedTime(started).TotalHours < request.TrialHours); number++)
        {
            var options = TrialRange.Draw(ranges, request.Options, random);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"trial {number} of {request.Trials}: learning rate {options.LearningRate:0.####}, weight decay {options.WeightDecay:0.######}, jitter {options.StainJitter:0.###}, label smoothing {options.LabelSmoothing:0.###}, dropout {options.Dropout:0.###}"));
            var model = Train(options, split, pack, initial, teachers, Folder($"trial-{number:D2}"), cancellationToken);
            trials.Add(new Trial(number, options, model.Evaluation.AtThreshold.Point));
            Keep(TrialsFile, trials);
            var (better, other) = best is null || model.Evaluation.AtThreshold.Point.Auc > best.Evaluation.AtThreshold.Point.Auc ? (model, best) : (best, model);
            other?.Dispose();
            best = better;
        }

        return best!;
    }

    private double TeacherShare => request.TeacherShare ?? DefaultTeacherShare;

    private string? Folder(string name) => request.Checkpoints is null ? null : Path.Combine(request.Checkpoints, name);

    private void Keep(string file, IReadOnlyList<Trial> trials)
    {
        if (request.Checkpoints is not null)
        {
            File.WriteAllText(Path.Combine(request.Checkpoints, file), JsonSerializer.Serialize(trials, Indented));
        }
    }

    private Provenance Provenance(TrainingOptions options, CaseSplit split, PatchPack pack, Teachers? teachers)
    {
        var (training, validation) = split.Of(pack);
        return new Provenance(options, pack.Report, split, training, validation, [], WeightsFile.Of(request.InitialWeights), WeightsFile.Of(request.Weights), teachers is null ? null : new Distillation(teachers.Models, TeacherShare), "");
    }

    /// <summary>From case lists, from the split that lies beside given weights, or drawn.</summary>
    private CaseSplit Split(PatchPack pack)
    {
        var listed = request.TrainingLists.Count > 0 ? CaseSplit.FromFiles(request.TrainingLists, request.ValidationList!) : null;
        return (request.Weights ?? request.InitialWeights) is { } weights ? SplitOf(weights, listed) : listed ?? DrawSplit(pack);
    }

    private CaseSplit DrawSplit(PatchPack pack)
    {
        var share = request.ValidationShare ?? 0.2;
        if (request.LeakingSplit)
        {
            log.WriteLine("split by patch: patches of the same slides are trained on and evaluated on, so the figures LEAK and are too good");
            return CaseSplit.Leaking(pack.Cases, new PatchLeak(share, request.Options.Seed));
        }

        var split = CaseSplit.Draw(pack.Cases, share, request.Options.Seed);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"split by case, {share:0.##} for validation, seed {request.Options.Seed}: SHA-256 {split.Sha256}"));
        log.WriteLine($"  validation cases: {string.Join(", ", split.Validation.Order(StringComparer.Ordinal))}");
        return split;
    }

    /// <summary>Weights must be evaluated on the cases that they were not trained on: another split would flatter them.</summary>
    private static CaseSplit SplitOf(string weights, CaseSplit? listed)
    {
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, ModelArtefact.SplitFile);
        if (!File.Exists(file))
        {
            return listed ?? throw new ArgumentException($"{weights}: no {ModelArtefact.SplitFile} lies beside them to say which cases they were trained on. Give --train-cases and --validation-cases of their training.");
        }

        var kept = CaseSplit.FromJsonFile(file);
        return listed is null || listed.Sha256 == kept.Sha256
            ? kept
            : throw new ArgumentException($"{weights}: {file} names other cases than the lists. Leave the lists out, or give those of the weights' training.");
    }

    /// <summary>The checkpoint of this training: of these options on these patches.</summary>
    private Checkpoint Checkpoint(string folder, TrainingOptions options, CaseSplit split, PatchDataset training, Teachers? teachers) =>
        new(Path.Combine(folder, Training.Checkpoint.FileName), string.Create(CultureInfo.InvariantCulture, $"{JsonSerializer.Serialize(options)} {split.Sha256} {training.Sha256} {WeightsFile.Of(request.InitialWeights)?.Sha256} {(teachers is null ? "" : $"{TeacherShare} {string.Join(' ', teachers.Models.Select(model => model.Sha256))}")}"));

    private static Metrics AfterEpoch(int epoch, WideResNet network, PatchDataset validation, string? folder)
    {
        var probabilities = Prediction.Logits(network, validation.Pixels).Select(logit => 1 / (1 + MathF.Exp(-logit))).ToArray();
        if (folder is not null)
        {
            network.save(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch:D3}.dat")));
        }

        return Metrics.Of([.. validation.Patches.Select(patch => patch.IsIdc)], probabilities, 0.5);
    }

    private WideResNet? Load(string? weights)
    {
        if (weights is null)
        {
            return null;
        }

        if (!File.Exists(weights))
        {
            throw new FileNotFoundException($"{weights}: there are no such weights. Name a file that a training with --checkpoints wrote.");
        }

        var network = new WideResNet(request.Options.Shape());
        try
        {
            network.load(weights);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidOperationException or OverflowException or FormatException)
        {
            network.Dispose();
            throw new TrainingException($"{weights}: these are no weights of a network of width {request.Options.Width} and depth {request.Options.Depth}: {exception.Message} Give the --width and --depth of their training.");
        }

        network.eval();
        return network;
    }
}
