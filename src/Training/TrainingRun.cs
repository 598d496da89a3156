using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>From a data set to a written model: check, split, load, train or load weights, write.</summary>
public sealed class TrainingRun(TrainingRequest request, TimeProvider time, TextWriter log)
{
    private const double DefaultValidationShare = 0.2;

    /// <summary>Runs. What can be wrong is looked for before the training, which may take hours.</summary>
    /// <exception cref="DatasetException">The data set, the case lists or the split can't be trained on.</exception>
    /// <exception cref="TrainingException">Training came to nothing, or the weights don't fit.</exception>
    /// <exception cref="ArgumentException">An option is out of its range, or two do not go together.</exception>
    /// <exception cref="IOException">A file can't be read or written, or the model's version exists.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        OptionsCheck.ThrowIfInvalid(request.Options);
        request.Target.ThrowIfTaken();
        Directory.CreateDirectory(request.Target.Folder);
        var notes = request.CardNotes is null ? "" : File.ReadAllText(request.CardNotes);
        using var loaded = request.Weights is null ? null : Load(request.Weights, request.Options.Width);

        var split = Split();
        var validation = PatchDataset.Load(request.Dataset, split.Validation);
        var training = PatchDataset.Load(request.Dataset, split.Training);
        validation.ThrowIfOneClass("validation");
        training.ThrowIfOneClass("training");
        log.WriteLine($"training: {split.Training.Count} cases, {training.Patches.Count} patches; validation: {split.Validation.Count} cases, {validation.Patches.Count} patches; left out: {training.OddSizes + validation.OddSizes} not 50×50, {training.Duplicates + validation.Duplicates} doubled, {training.OtherNames} with other names");

        KeepSplit(split);
        using var trained = loaded is null ? new Trainer(request.Options, Kept(split, training), time, log).Train(training, (epoch, network) => AfterEpoch(epoch, network, validation), cancellationToken) : null;
        var provenance = new Provenance(request.Options, split, training, validation, Weights(), notes);
        new ModelArtefact(request.Target, provenance).Write(loaded ?? trained!.Network, log);
    }

    /// <summary>From case lists, from the split that lies beside the weights, or drawn.</summary>
    private CaseSplit Split()
    {
        var hasLists = request.TrainingLists.Count > 0;
        if (hasLists != request.ValidationList is not null)
        {
            throw new ArgumentException("--train-cases and --validation-cases go together: give both, or neither to have the cases split.");
        }

        if (request.ValidationShare is not null && (hasLists || request.Weights is not null))
        {
            throw new ArgumentException("--validation-share is for a split that is drawn: it goes with neither case lists nor --weights.");
        }

        var listed = hasLists ? CaseSplit.FromFiles(request.TrainingLists, request.ValidationList!) : null;
        return request.Weights is null ? listed ?? DrawSplit() : SplitOf(request.Weights, listed);
    }

    private CaseSplit DrawSplit()
    {
        var share = request.ValidationShare ?? DefaultValidationShare;
        if (share is not (> 0 and <= 0.5))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"--validation-share is {share}; it must be above 0 and at most 0.5."));
        }

        var split = CaseSplit.Draw(PatchDataset.CasesIn(request.Dataset), share, request.Options.Seed);
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

    private void KeepSplit(CaseSplit split)
    {
        if (request.Checkpoints is not null && request.Weights is null)
        {
            Directory.CreateDirectory(request.Checkpoints);
            File.WriteAllText(Path.Combine(request.Checkpoints, ModelArtefact.SplitFile), split.ToJson());
        }
    }

    /// <summary>The checkpoint of this training: of these options on these patches.</summary>
    private Checkpoint? Kept(CaseSplit split, PatchDataset training)
    {
        if (request.Checkpoints is null)
        {
            return null;
        }

        var same = $"{JsonSerializer.Serialize(request.Options)} {split.Sha256} {Convert.ToHexStringLower(SHA256.HashData(training.Pixels))}";
        return new Checkpoint(Path.Combine(request.Checkpoints, "training.ckpt"), same);
    }

    private void AfterEpoch(int epoch, WideResNet network, PatchDataset validation)
    {
        var logits = Prediction.Logits(network, validation.Pixels);
        var labels = validation.Patches.Select(patch => patch.IsIdc).ToArray();
        var probabilities = logits.Select(logit => 1 / (1 + MathF.Exp(-logit))).ToArray();
        var metrics = Metrics.Of(labels, probabilities, 0.5);
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  validation: balanced accuracy {metrics.BalancedAccuracy:0.0000}, AUC {metrics.Auc:0.0000}, F1 {metrics.F1:0.0000}, ECE {metrics.Ece:0.0000}"));
        if (request.Checkpoints is not null)
        {
            network.save(Path.Combine(request.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch:D3}.dat")));
        }
    }

    private WeightsFile? Weights() =>
        request.Weights is { } weights ? new WeightsFile(Path.GetFileName(weights), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights)))) : null;

    private static WideResNet Load(string weights, int width)
    {
        if (!File.Exists(weights))
        {
            throw new FileNotFoundException($"{weights}: there are no such weights. Name a file that a training with --checkpoints wrote.");
        }

        var network = new WideResNet(width);
        try
        {
            network.load(weights);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidOperationException or OverflowException or FormatException)
        {
            network.Dispose();
            throw new TrainingException($"{weights}: these are no weights of a network of width {width}: {exception.Message} Give the --width of their training.");
        }

        network.eval();
        return network;
    }
}
