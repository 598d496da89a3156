using System.CommandLine;
using System.Globalization;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>The command line of the training program.</summary>
public static class TrainCommand
{
    /// <summary>Parses and runs; exit code 0 for a model that was written, 1 for an error that was told.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var defaults = new TrainingOptions();
        var dataset = new Argument<string>("dataset") { Description = "Folder or zip of labelled patches: {case}/{0|1}/{case}_idx5_x{X}_y{Y}_class{0|1}.png" };
        var trainCases = new Option<string[]>("--train-cases") { Description = "File(s) with the cases to train on, an id a line", Required = true, AllowMultipleArgumentsPerToken = true };
        var validationCases = new Option<string>("--validation-cases") { Description = "File with the cases to choose and evaluate on", Required = true };
        var output = new Option<string>("--out") { Description = "Folder for {name}/{version}", DefaultValueFactory = _ => "models" };
        var name = new Option<string>("--name") { Description = "The model's name; default by its width", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "The model's version", DefaultValueFactory = _ => "1.0.0" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set", DefaultValueFactory = _ => defaults.Epochs };
        var batch = new Option<int>("--batch") { Description = "Patches in a step", DefaultValueFactory = _ => defaults.BatchSize };
        var width = new Option<int>("--width") { Description = "The network's widening factor k", DefaultValueFactory = _ => defaults.Width };
        var rate = new Option<double>("--learning-rate") { Description = "Highest learning rate", DefaultValueFactory = _ => defaults.LearningRate };
        var jitter = new Option<double>("--jitter") { Description = "Colour jitter", DefaultValueFactory = _ => defaults.ColourJitter };
        var seed = new Option<int>("--seed") { Description = "Seed", DefaultValueFactory = _ => defaults.Seed };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 for one a processor" };
        var checkpoints = new Option<string?>("--checkpoints") { Description = "Folder that gets the averaged weights after each epoch" };
        var weights = new Option<string?>("--weights") { Description = "Export these weights instead of training" };

        var command = new RootCommand("Trains a WideResNet on labelled 50×50 patches and writes it as an ONNX model with its manifest and card.")
        {
            dataset, trainCases, validationCases, output, name, version, epochs, batch, width, rate, jitter, seed, threads, checkpoints, weights,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = defaults with
            {
                Epochs = parsed.GetValue(epochs),
                BatchSize = parsed.GetValue(batch),
                Width = parsed.GetValue(width),
                LearningRate = parsed.GetValue(rate),
                ColourJitter = parsed.GetValue(jitter),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
            };
            var modelName = parsed.GetValue(name) is { Length: > 0 } given ? given : $"idc-wrn-16-{options.Width}";
            return Task.Run(
                () => Run(
                    parsed.GetValue(dataset)!,
                    parsed.GetValue(trainCases)!,
                    parsed.GetValue(validationCases)!,
                    new ModelTarget(parsed.GetValue(output)!, modelName, parsed.GetValue(version)!),
                    options,
                    parsed.GetValue(checkpoints),
                    parsed.GetValue(weights),
                    cancellationToken),
                cancellationToken);
        });
        return command.Parse(arguments).InvokeAsync();
    }

    private static int Run(
        string dataset, string[] trainCases, string validationCases, ModelTarget target, TrainingOptions options, string? checkpoints, string? weights, CancellationToken cancellationToken)
    {
        try
        {
            OptionsCheck.ThrowIfInvalid(options);
            target.ThrowIfTaken();
            var split = CaseSplit.FromFiles(trainCases, validationCases);
            var validation = PatchDataset.Load(dataset, split.Validation);
            var training = PatchDataset.Load(dataset, split.Training);
            Console.WriteLine($"training: {split.Training.Count} cases, {training.Patches.Count} patches; validation: {split.Validation.Count} cases, {validation.Patches.Count} patches; left out: {training.OddSizes + validation.OddSizes} not 50×50, {training.Duplicates + validation.Duplicates} doubled");
            using var average = weights is null
                ? new Trainer(options, TimeProvider.System, Console.Out).Train(training, (epoch, network) => AfterEpoch(epoch, network, validation, checkpoints), cancellationToken)
                : null;
            using var loaded = weights is null ? null : Load(weights, options.Width);
            new ModelArtefact(target, options, split, training, validation).Write(average?.Network ?? loaded!, Console.Out);
            return 0;
        }
        catch (Exception exception) when (exception is DatasetException or ArgumentException or IOException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static WideResNet Load(string weights, int width)
    {
        var network = new WideResNet(width);
        network.load(weights);
        network.eval();
        return network;
    }

    private static void AfterEpoch(int epoch, WideResNet network, PatchDataset validation, string? checkpoints)
    {
        var logits = Prediction.Logits(network, validation.Pixels);
        var labels = validation.Patches.Select(patch => patch.IsIdc).ToArray();
        var probabilities = logits.Select(logit => 1 / (1 + MathF.Exp(-logit))).ToArray();
        var metrics = Metrics.Of(labels, probabilities, 0.5);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  validation: balanced accuracy {metrics.BalancedAccuracy:0.0000}, AUC {metrics.Auc:0.0000}, F1 {metrics.F1:0.0000}, ECE {metrics.Ece:0.0000}"));
        if (checkpoints is not null)
        {
            Directory.CreateDirectory(checkpoints);
            network.save(Path.Combine(checkpoints, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch + 1:D3}.dat")));
        }
    }
}
