using IdcFunctions.Scoring;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>What a request names beside its data set, read before anything starts, so that all faults are told at once.</summary>
public sealed class TrainingInputs : IDisposable
{
    private readonly List<string> faults;

    private TrainingInputs(TrainingRequest request)
    {
        faults = [.. RequestCheck.Faults(request)];
        var isSound = faults.Count == 0;
        if (!Directory.Exists(request.Dataset) && !File.Exists(request.Dataset))
        {
            faults.Add(PatchFiles.MissingFault(request.Dataset));
        }

        Try(() => TrainingDevice.Find(request.Device));
        if (request.Folds == 0)
        {
            Try(request.Target.ThrowIfTaken);
        }

        Try(() => Notes = request.CardNotes is null ? "" : File.ReadAllText(request.CardNotes), "--card-notes");
        Try(() => ReadSplit(request));
        foreach (var folder in request.Teachers)
        {
            Try(() => Teachers.Find([folder]), "--teachers");
        }

        Try(() =>
        {
            Weights = Load(request.Weights, request.Options, isSound);
            Initial = Load(request.InitialWeights, request.Options, isSound);
        });
        if (faults.Count == 0 && request.Teachers.Count > 0)
        {
            Teachers = Teachers.Find(request.Teachers);
            Try(() => Teachers.ThrowIfTrainedOn(Split?.Validation ?? new HashSet<string>()));
        }
    }

    /// <summary>The split of case lists, or of the exported weights' training; null for <see cref="Earlier"/>'s, or to draw one.</summary>
    public CaseSplit? Split { get; private set; }

    /// <summary>The split of the training of the weights to begin with; null for random weights, and for such as come without one.</summary>
    public CaseSplit? Earlier { get; private set; }

    /// <summary>Markdown for the card, or empty.</summary>
    public string Notes { get; private set; } = "";

    /// <summary>The models to learn from, or null.</summary>
    public Teachers? Teachers { get; }

    /// <summary>The network to export, or null.</summary>
    public WideResNet? Weights { get; private set; }

    /// <summary>The network to begin with, or null.</summary>
    public WideResNet? Initial { get; private set; }

    /// <summary>Checks a request and reads what it names.</summary>
    /// <exception cref="ArgumentException">Every fault, a line each.</exception>
    public static TrainingInputs Read(TrainingRequest request)
    {
        var inputs = new TrainingInputs(request);
        if (inputs.faults.Count == 0)
        {
            return inputs;
        }

        inputs.Dispose();
        throw new ArgumentException(string.Join(Environment.NewLine, inputs.faults));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights?.Dispose();
        Initial?.Dispose();
    }

    private void Try(Action read, string? option = null)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is DatasetException or TrainingException or ModelRefusedException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            faults.Add(option is null ? exception.Message : $"{option}: {exception.Message}");
        }
    }

    private void ReadSplit(TrainingRequest request)
    {
        var listed = request.SplitFolder is not null ? CaseSplit.FromFolder(request.SplitFolder)
            : request.TrainingLists.Count > 0 && request.ValidationList is not null ? CaseSplit.FromFiles(request.TrainingLists, request.ValidationList)
            : null;
        if (request.Weights is { } exported && File.Exists(exported))
        {
            Split = SplitOf(exported, listed);
        }
        else if (request.InitialWeights is { } initial && File.Exists(initial))
        {
            Earlier = FindSplit(initial);
            Split = Earlier is null ? Stated(initial, listed) : listed?.BegunWith(Earlier);
        }
        else
        {
            Split = listed;
        }
    }

    /// <summary>Weights must be evaluated on the cases that they were not trained on: another split would flatter them.</summary>
    private static CaseSplit SplitOf(string weights, CaseSplit? listed)
    {
        if (FindSplit(weights) is not { } kept)
        {
            return Stated(weights, listed);
        }

        return listed is null || (kept.Training.SetEquals(listed.Training) && kept.Validation.SetEquals(listed.Validation))
            ? kept
            : throw new ArgumentException(
                $"{weights}: the {ModelArtefact.SplitFile} beside them names other cases than the lists. "
                + "Leave the lists out, or give those of the weights' training.");
    }

    private static CaseSplit? FindSplit(string weights) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, ModelArtefact.SplitFile) is var file && File.Exists(file) ? CaseSplit.FromJsonFile(file) : null;

    private static CaseSplit Stated(string weights, CaseSplit? listed) => listed is not null
        ? listed with { IsOnlyStated = true }
        : throw new ArgumentException(
            $"{weights}: no {ModelArtefact.SplitFile} lies beside them to say which cases they were trained on. "
            + "Give --split, or --train-cases and --validation-cases, of their training.");

    private static WideResNet? Load(string? weights, TrainingOptions options, bool isSound)
    {
        if (weights is null)
        {
            return null;
        }

        if (!File.Exists(weights))
        {
            throw new FileNotFoundException(
                $"{weights}: there are no such weights. "
                + $"Name a model's {ModelArtefact.WeightsFile}, or a file epoch-NNN.dat that a training has kept in its --checkpoints.");
        }

        if (!isSound)
        {
            return null;
        }

        var network = new WideResNet(options.Shape());
        try
        {
            network.load(weights);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or InvalidOperationException or OverflowException or FormatException)
        {
            network.Dispose();
            throw new TrainingException(
                $"{weights}: these are no weights of a network of width {options.Width} and depth {options.Depth}: "
                + $"{exception.Message} Give the --width and --depth of their training.");
        }

        network.eval();
        return network;
    }
}
