using System.CommandLine;
using IdcFunctions.Scoring;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training;

/// <summary>The command line of the training program.</summary>
public static class TrainCommand
{
    /// <summary>Parses and runs; exit code 0 for a model that was written, 1 for an error that was told.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var defaults = new TrainingOptions();
        var dataset = new Argument<string>("dataset") { Description = "Folder or zip of labelled 50×50 patches at 4 µm/px: {case}/{0|1}/{case}_idx5_x{X}_y{Y}_class{0|1}.png" };
        var trainCases = new Option<string[]>("--train-cases") { Description = "File(s) with the cases to train on, an id a line; with --validation-cases. Without both the cases are split", AllowMultipleArgumentsPerToken = true };
        var validationCases = new Option<string?>("--validation-cases") { Description = "File with the cases to choose and evaluate on" };
        var validationShare = new Option<double?>("--validation-share") { Description = "Share of the cases that a split without lists validates on, above 0 to 0.5; default 0.2" };
        var output = new Option<string>("--out") { Description = "Folder for {name}/{version}", DefaultValueFactory = _ => "models" };
        var name = new Option<string>("--name") { Description = "The model's name; default by its width", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "The model's version", DefaultValueFactory = _ => "1.0.0" };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set", DefaultValueFactory = _ => defaults.Epochs };
        var batch = new Option<int>("--batch") { Description = "Patches in a step", DefaultValueFactory = _ => defaults.BatchSize };
        var width = new Option<int>("--width") { Description = "The network's widening factor k", DefaultValueFactory = _ => defaults.Width };
        var rate = new Option<double>("--learning-rate") { Description = "Highest learning rate", DefaultValueFactory = _ => defaults.LearningRate };
        var jitter = new Option<double>("--jitter") { Description = "Stain jitter", DefaultValueFactory = _ => defaults.StainJitter };
        var precision = new Option<TrainingPrecision>("--precision") { Description = "What the convolutions compute in: Mixed (bfloat16) is twice as fast where the processor has it", DefaultValueFactory = _ => defaults.Precision };
        var seed = new Option<int>("--seed") { Description = "Seed of the split, the weights, the order and the augmentation", DefaultValueFactory = _ => defaults.Seed };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 for one a processor" };
        var checkpoints = new Option<string?>("--checkpoints") { Description = "Folder that gets the averaged weights after each epoch, split.json, and what a training that was ended goes on from" };
        var weights = new Option<string?>("--weights") { Description = "Export these weights instead of training; the split is the split.json beside them, or the lists given" };
        var cardNotes = new Option<string?>("--card-notes") { Description = "Markdown file for the model's card: the data set's name and licence, comparisons" };

        var command = new RootCommand("Trains a WideResNet on labelled 50×50 patches and writes it as an ONNX model with its manifest and card.")
        {
            dataset, trainCases, validationCases, validationShare, output, name, version, epochs, batch, width, rate, jitter, precision, seed, threads, checkpoints, weights, cardNotes,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = defaults with
            {
                Epochs = parsed.GetValue(epochs),
                BatchSize = parsed.GetValue(batch),
                Width = parsed.GetValue(width),
                LearningRate = parsed.GetValue(rate),
                StainJitter = parsed.GetValue(jitter),
                Precision = parsed.GetValue(precision),
                Seed = parsed.GetValue(seed),
                Threads = parsed.GetValue(threads),
            };
            var modelName = parsed.GetValue(name) is { Length: > 0 } given ? given : $"idc-wrn-16-{options.Width}";
            var request = new TrainingRequest(
                parsed.GetValue(dataset)!,
                parsed.GetValue(trainCases) ?? [],
                parsed.GetValue(validationCases),
                parsed.GetValue(validationShare),
                new ModelTarget(parsed.GetValue(output)!, modelName, parsed.GetValue(version)!),
                options,
                parsed.GetValue(checkpoints),
                parsed.GetValue(weights),
                parsed.GetValue(cardNotes));
            return Task.Run(() => Run(request, cancellationToken), cancellationToken);
        });
        return command.Parse(arguments).InvokeAsync();
    }

    private static int Run(TrainingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            new TrainingRun(request, TimeProvider.System, Console.Out).Run(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is DatasetException or TrainingException or ModelRefusedException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
