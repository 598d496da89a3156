using System.CommandLine;
using System.Globalization;
using IdcFunctions.Scoring;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Job;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>The command line of the training program.</summary>
public static class TrainCommand
{
    /// <summary>Time to keep a checkpoint in when the program is told to end; Container Apps gives 30 seconds.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(25);

    /// <summary>Parses and runs; exit code 0 for a model that was written, 1 for an error that was told.</summary>
    public static Task<int> RunAsync(string[] arguments)
    {
        var dataset = new Argument<string>("dataset") { Description = "Folder or zip of labelled 50×50 patches at 4 µm/px: {case}/{0|1}/{case}_idx5_x{X}_y{Y}_class{0|1}.png" };
        var cache = new Option<string>("--cache")
        {
            Description = "Folder that keeps the packed data set for the next run",
            DefaultValueFactory = _ => Path.Combine(".idc", "packs"),
        };
        var trainCases = new Option<string[]>("--train-cases")
        {
            Description = "File(s) with the cases to train on, an id a line; with --validation-cases. Without both the cases are split",
            AllowMultipleArgumentsPerToken = true,
        };
        var validationCases = new Option<string?>("--validation-cases") { Description = "File with the cases to choose and evaluate on" };
        var split = new Option<string?>("--split")
        {
            Description = "Folder with the lists of a published split instead of those: cases_train.txt, cases_extended.txt where it is "
                + "there, cases_val.txt; cases_test.txt is never read",
        };
        var validationShare = new Option<double?>("--validation-share")
        {
            Description = "Share of the cases that a split without lists validates on, above 0 to 0.5; default 0.2",
        };
        var leaking = new Option<bool>("--leaking-split")
        {
            Description = "Split patch by patch instead of by case: patches of one slide on both sides. Only to show what that makes of "
                + "the figures",
        };
        var folds = new Option<int>("--folds") { Description = "Cross-validate with so many folds of cases instead of writing a model" };
        var trials = new Option<int>("--trials")
        {
            Description = "Draw the hyperparameters so many times and write the best model by validation AUC",
        };
        var trialHours = new Option<double?>("--trial-hours") { Description = string.Create(CultureInfo.InvariantCulture, $"Hours after which no further trial begins, all starts together; default {RandomSearch.DefaultHours}") };
        var ranges = new Option<string[]>("--range")
        {
            Description = "Range that trials draw from, NAME=LOW..HIGH; default learning-rate=0.01..0.1 weight-decay=0.0001..0.001 "
                + "jitter=0.05..0.3 label-smoothing=0..0.1 dropout=0..0.3",
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--out") { Description = "Folder for {name}/{version}", DefaultValueFactory = _ => "models" };
        var name = new Option<string>("--name") { Description = "The model's name; default by its depth and width", DefaultValueFactory = _ => "" };
        var version = new Option<string>("--model-version") { Description = "The model's version", DefaultValueFactory = _ => "1.0.0" };
        var device = DeviceOption();
        var checkpoints = new Option<string?>("--checkpoints")
        {
            Description = "Folder that gets the averaged weights after each epoch, split.json, progress.json, and what a training that "
                + "was ended goes on from; a file 'cancel' put there ends it",
        };
        var price = new Option<double>("--hour-price") { Description = "Price of an hour of this machine, for the cost in progress.json" };
        var initial = new Option<string?>("--initial-weights")
        {
            Description = "Weights to begin with, a model's weights.dat or a kept epoch-NNN.dat. Without lists the split is the "
                + "split.json beside them where the data set holds its cases, else drawn; what they were trained on is never "
                + "validated on",
        };
        var teachers = new Option<string[]>("--teachers") { Description = "Folder(s) of model versions, models/{name}/{version}, whose mean answer over all orientations is learnt beside the labels", AllowMultipleArgumentsPerToken = true };
        var teacherShare = new Option<double?>("--teacher-share") { Description = $"Share of a target that is the teachers' answer, above 0 to 1; default {TrainingRun.DefaultTeacherShare.ToString(CultureInfo.InvariantCulture)}" };
        var weights = new Option<string?>("--weights")
        {
            Description = "Export these weights instead of training; the split is the split.json beside them, or the lists given",
        };
        var cardNotes = new Option<string?>("--card-notes")
        {
            Description = "Markdown file for the model's card: the data set's name and licence, comparisons",
        };

        var command = new RootCommand(
            "Trains a WideResNet on labelled 50×50 patches and writes it as an ONNX model with its manifest, report and card.")
        {
            dataset, cache, trainCases, validationCases, split, validationShare, leaking, folds, trials, trialHours, ranges, output, name, version, device, checkpoints, price, initial, teachers, teacherShare, weights, cardNotes,
            JobCommand.Create(),
        };
        var hyperparameters = HyperparameterOptions.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = hyperparameters(parsed);
            var modelName = parsed.GetValue(name) is { Length: > 0 } given ? given : $"idc-wrn-{options.Depth}-{options.Width}";
            var request = new TrainingRequest
            {
                Dataset = parsed.GetValue(dataset)!,
                Cache = parsed.GetValue(cache)!,
                Target = new ModelTarget(parsed.GetValue(output)!, modelName, parsed.GetValue(version)!),
                Options = options,
                Device = parsed.GetValue(device),
                TrainingLists = parsed.GetValue(trainCases) ?? [],
                ValidationList = parsed.GetValue(validationCases),
                SplitFolder = parsed.GetValue(split),
                ValidationShare = parsed.GetValue(validationShare),
                LeakingSplit = parsed.GetValue(leaking),
                Folds = parsed.GetValue(folds),
                Trials = parsed.GetValue(trials),
                TrialHours = parsed.GetValue(trialHours),
                Ranges = parsed.GetValue(ranges) ?? [],
                Checkpoints = parsed.GetValue(checkpoints),
                HourPrice = parsed.GetValue(price),
                InitialWeights = parsed.GetValue(initial),
                Teachers = parsed.GetValue(teachers) ?? [],
                TeacherShare = parsed.GetValue(teacherShare),
                Weights = parsed.GetValue(weights),
                CardNotes = parsed.GetValue(cardNotes),
            };
            return Task.Run(() => Run(request, cancellationToken), cancellationToken);
        });
        return command.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });
    }

    /// <summary>The option of both ways to train.</summary>
    internal static Option<DeviceChoice> DeviceOption() =>
        new("--device") { Description = "What trains: Auto takes a GPU where there is one, Cuda refuses to train without" };

    private static int Run(TrainingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            new TrainingRun(request, TimeProvider.System, Console.Out).Run(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is DatasetException or TrainingException or ModelRefusedException
            or ArgumentException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
