using System.Globalization;
using System.Text.Json;
using IdcFunctions.Scoring;
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
    /// <summary>
    /// Share of a target that teachers get where nothing is said: labels of outlines coarser than patches are less to be
    /// trusted than several networks' mean. Our choice, made with teachers that know a case's labels; of such as have not
    /// seen the case a third to a half was better (docs/training.md, Attempts).
    /// </summary>
    public const double DefaultTeacherShare = 0.7;

    private readonly long began = time.GetTimestamp();

    /// <summary>Runs. What can be wrong is looked for before the training, which may take hours.</summary>
    /// <exception cref="ArgumentException">Something that was asked for can't be: all faults, told before anything starts.</exception>
    /// <exception cref="DatasetException">The data set or the split can't be trained on.</exception>
    /// <exception cref="TrainingException">Training came to nothing.</exception>
    /// <exception cref="IOException">A file can't be read or written, or the model's version exists.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        using var inputs = TrainingInputs.Read(request);
        Directory.CreateDirectory(request.Target.Folder);
        using var pack = new PatchIntake(request.Cache).Open(request.Dataset);
        foreach (var line in pack.Report.Lines().Take(request.LogsNames ? int.MaxValue : 1))
        {
            log.WriteLine(line);
        }

        if (request.Folds > 0)
        {
            CrossValidate(pack, inputs, cancellationToken);
            return;
        }

        var split = inputs.Split ?? SplitOf(pack, inputs.Earlier);
        if (split.IsOnlyStated)
        {
            log.WriteLine(
                $"the weights' split is only stated: no {ModelArtefact.SplitFile} lies beside them, or beside those that they were begun with");
        }

        inputs.Teachers?.ThrowIfTrainedOn(split.Validation);

        // One load of the pixels, two gigabytes at the article's size, for all trials.
        var data = Provenance(split, pack, inputs);
        if (inputs.Weights is { } loaded)
        {
            using var exported = Measured(loaded, data, folder: null);
            Write(exported);
            return;
        }

        Check(data);
        if (request.Trials == 0)
        {
            Train(data, inputs, request.Checkpoints, began, Write, cancellationToken).Dispose();
            return;
        }

        using var best = new RandomSearch(request, new TrialFile(request, RandomSearch.FileName, time), log).Run(
            number => Folder($"trial-{number:D2}"),
            (options, folder) => Train(data with { Options = options }, inputs, folder, time.GetTimestamp(), _ => { }, cancellationToken));
        Write(best);

        void Write(TrainedModel model)
        {
            cancellationToken.ThrowIfCancellationRequested();
            new ModelArtefact(request.Target, model.Provenance).Write(model.Network, model.Evaluation, log);
        }
    }

    /// <summary>What can be wrong with two sides of patches, and what they are.</summary>
    private void Check(Provenance data)
    {
        data.Validation.ThrowIfOneClass("validation");
        data.Training.ThrowIfOneClass("training");
        var nearDuplicates = data.NearDuplicatesAcross is > 0 and var across ? $"at least {across} pairs" : "none found";
        var device = TrainingDevice.Find(request.Device).type == DeviceType.CUDA ? "a GPU" : "the processor";
        log.WriteLine(
            $"training: {data.Split.Training.Count} cases, {data.Training.Patches.Count} patches; "
            + $"validation: {data.Split.Validation.Count} cases, {data.Validation.Patches.Count} patches; "
            + $"near-duplicates across the two: {nearDuplicates}; on {device}");
    }

    /// <summary>Trains, and measures what comes of it.</summary>
    /// <param name="data">The hyperparameters, and what they are used on.</param>
    /// <param name="inputs">The weights to begin with and the teachers.</param>
    /// <param name="folder">The folder for checkpoints and progress, or null.</param>
    /// <param name="since">The clock when it began: what it takes counts from there.</param>
    /// <param name="finish">What is done with the model before the training has succeeded.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private TrainedModel Train(Provenance data, TrainingInputs inputs, string? folder, long since, Action<TrainedModel> finish, CancellationToken cancellationToken)
    {
        var (options, device, teachers) = (data.Options, TrainingDevice.Find(request.Device), inputs.Teachers);
        var kept = folder is null ? null : new TrainingFolder(folder);
        var checkpoint = kept is null ? null : Checkpoint(kept, data, teachers);
        kept?.Begin(data.Split, checkpoint!);
        var progress = folder is null ? null : new ProgressFile(folder, request.Checkpoints!, request.HourPrice, request.Preparation + time.GetElapsedTime(since), time);
        IReadOnlyList<EpochResult> epochs = [];
        try
        {
            var taught = teachers is null ? null : new TaughtTargets(teachers.Probabilities(data.Training, request.Cache, ScoringOn(device, options.Threads), log, cancellationToken), TeacherShare);
            var network = new TrainingDisplay(options.Epochs, time, log).While(show =>
                new Trainer(options, inputs.Initial, checkpoint, time) { Device = device, Taught = taught }.Train(
                    data.Training,
                    (epoch, averaged) => AfterEpoch(epoch, averaged, data.Validation, kept),
                    snapshot =>
                    {
                        epochs = snapshot.Epochs;
                        show(snapshot);
                        progress?.Write(snapshot);
                    },
                    cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var model = Measured(network, data with { Epochs = epochs }, folder);
            finish(model);
            progress?.End("succeeded", null);
            return model;
        }
        catch (Exception exception)
        {
            progress?.End(exception is OperationCanceledException ? "cancelled" : "failed", exception.Message);
            throw;
        }
    }

    private static ScoringOptions ScoringOn(torch.Device device, int threads) =>
        new() { Threads = threads, Provider = device.type == DeviceType.CUDA ? ExecutionProvider.Cuda : ExecutionProvider.Cpu };

    private static TrainedModel Measured(WideResNet network, Provenance provenance, string? folder)
    {
        // What is published is what a processor computes: a GPU's convolutions, in TF32, answer up to 0.001 otherwise.
        network.to(torch.CPU);
        var evaluation = ModelEvaluation.Of(provenance.Validation.Patches, Prediction.Logits(network, provenance.Validation.Pixels));
        if (folder is not null)
        {
            File.WriteAllText(Path.Combine(folder, ModelArtefact.EvaluationFile), JsonSerializer.Serialize(evaluation, ModelArtefact.EvaluationJson));
        }

        return new TrainedModel(network, provenance, evaluation);
    }

    /// <summary>Trains on all folds but one, for each: how far figures vary with the cases. No model is written.</summary>
    private void CrossValidate(PatchPack pack, TrainingInputs inputs, CancellationToken cancellationToken)
    {
        var kept = new TrialFile(request, "folds.json", time);
        var points = new List<Metrics>();
        foreach (var (index, split) in CaseSplit.Folds(pack.Cases, request.Folds, request.Options.Seed).Index())
        {
            log.WriteLine($"fold {index + 1} of {request.Folds}");
            var folder = Folder($"fold-{index + 1:D2}");
            var data = Provenance(split, pack, inputs);
            Check(data);
            using var model = kept.Add(request.Options, folder, () => Train(data, inputs, folder, time.GetTimestamp(), _ => { }, cancellationToken))
                ?? throw new TrainingException($"Fold {index + 1}: {kept.Trials[^1].Reason}");
            points.Add(model.Evaluation.AtThreshold.Point);
        }

        foreach (var (name, value) in Metrics.Figures)
        {
            var values = points.Select(value).ToArray();
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Sum(figure => (figure - mean) * (figure - mean)) / (values.Length - 1));
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {mean:0.000} ± {deviation:0.000} over {points.Count} folds"));
        }
    }

    private double TeacherShare => request.TeacherShare ?? DefaultTeacherShare;

    private string? Folder(string name) => request.Checkpoints is null ? null : Path.Combine(request.Checkpoints, name);

    private Provenance Provenance(CaseSplit split, PatchPack pack, TrainingInputs inputs)
    {
        var (training, validation) = split.Of(pack);
        return new Provenance(
            request.Options,
            pack.Report,
            split,
            training,
            validation,
            Epochs: [],
            WeightsFile.Of(request.InitialWeights),
            WeightsFile.Of(request.Weights),
            inputs.Teachers is null ? null : new Distillation(inputs.Teachers.Models, TeacherShare),
            inputs.Notes);
    }

    /// <summary>
    /// The earlier training's split where the data set is the earlier one's and no share was asked for; else a drawn one,
    /// which leaves out of the validation what the earlier training knows.
    /// </summary>
    private CaseSplit SplitOf(PatchPack pack, CaseSplit? earlier)
    {
        if (earlier is not null && request.ValidationShare is null && earlier.IsOf(pack.Cases))
        {
            return earlier;
        }

        var share = request.ValidationShare ?? 0.2;
        if (request.LeakingSplit)
        {
            log.WriteLine("split by patch: patches of the same slides are trained on and evaluated on, so the figures LEAK and are too good");
            return CaseSplit.Leaking(pack.Cases, new PatchLeak(share, request.Options.Seed));
        }

        var split = CaseSplit.Draw(pack.Cases, share, request.Options.Seed, earlier);
        log.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"split by case, {share:0.##} for validation, seed {request.Options.Seed}: SHA-256 {split.Sha256}"));
        if (request.LogsNames)
        {
            log.WriteLine($"  validation cases: {string.Join(", ", split.Validation.Order(StringComparer.Ordinal))}");
        }

        return split;
    }

    /// <summary>
    /// The checkpoint of this training: of these options on these patches. Those validated on are part of it: they choose
    /// the best epoch, and the figures of its epochs are kept.
    /// </summary>
    private Checkpoint Checkpoint(TrainingFolder folder, Provenance data, Teachers? teachers)
    {
        var taught = teachers is null
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{TeacherShare} {string.Join(' ', teachers.Models.Select(model => model.Sha256))}");
        var patches = $"{data.Split.Sha256} {data.Training.LabelledSha256} {data.Validation.LabelledSha256}";
        return new(folder.CheckpointFile, $"{JsonSerializer.Serialize(data.Options)} {patches} {data.Initial?.Sha256} {taught}");
    }

    private static Metrics AfterEpoch(int epoch, WideResNet network, PatchDataset validation, TrainingFolder? folder)
    {
        var probabilities = Prediction.Logits(network, validation.Pixels).Select(logit => 1 / (1 + MathF.Exp(-logit))).ToArray();
        folder?.Keep(epoch, network);
        return Metrics.Of([.. validation.Patches.Select(patch => patch.IsIdc)], probabilities, 0.5);
    }
}
