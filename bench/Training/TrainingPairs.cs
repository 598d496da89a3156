using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IdcFunctions.Slides.Training;
using IdcFunctions.Training;
using IdcFunctions.Training.Data;
using TorchSharp;

namespace IdcFunctions.Bench.Training;

/// <summary>One epoch of the same network on the same patches by our trainer and by a PyTorch script, in alternating pairs. Both draw, augment and train; neither counts its start and the reading of files.</summary>
internal sealed class TrainingPairs
{
    private const int Pairs = 5;
    private const int Batch = 128;

    private readonly string folder;
    private readonly string peer;
    private readonly int threads;
    private readonly PatchDataset data;
    private readonly List<string> cases = [];
    private readonly string validation;

    /// <summary>Takes as many whole cases as have so many patches, and one more to evaluate on.</summary>
    public TrainingPairs(string folder, string peer, int threads, int patches)
    {
        (this.folder, this.peer, this.threads) = (folder, peer, threads);
        using var pack = new PatchIntake(Path.Combine(Path.GetTempPath(), "idc-bench-packs")).Open(folder);
        var taken = 0;
        var both = pack.Cases.Where(item => item.IdcPatches > 0 && item.IdcPatches < item.Patches).ToList();
        foreach (var item in both.SkipLast(1).TakeWhile(_ => taken < patches))
        {
            cases.Add(item.Case);
            taken += item.Patches;
        }

        validation = both[^1].Case;
        data = pack.Select(cases.ToHashSet());
        Console.WriteLine($"{cases.Count} cases, {data.Patches.Count} patches, batches of {Batch}, {threads} threads");
    }

    /// <summary>Prints each pair, the median ratio, and what the drawing and augmenting of batches is of a step.</summary>
    public void Compare(TrainingPrecision precision)
    {
        var pairs = new List<(double Ours, double Theirs)>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            pairs.Add((Ours(precision), Theirs()));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{precision}: ours {pairs[^1].Ours:0.0} patches/s, PyTorch {pairs[^1].Theirs:0.0}"));
        }

        var ratios = pairs.Select(pair => pair.Ours / pair.Theirs).Order().ToList();
        var step = 1000.0 * Batch / pairs.Select(pair => pair.Ours).Order().ElementAt(Pairs / 2);
        var batch = BatchMilliseconds();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{precision}: ours is {ratios[Pairs / 2]:0.00} times as fast ({ratios[0]:0.00} to {ratios[^1]:0.00}); a batch takes {batch:0.0} of a step's {step:0} ms ({batch / step:0.0 %})"));
    }

    private double Ours(TrainingPrecision precision)
    {
        var work = Directory.CreateTempSubdirectory("idc-bench-training-").FullName;
        try
        {
            var (train, held) = (Path.Combine(work, "train.txt"), Path.Combine(work, "validation.txt"));
            File.WriteAllLines(train, cases);
            File.WriteAllText(held, validation);
            Run(Path.Combine(AppContext.BaseDirectory, "IdcFunctions.Training"), [
                folder, "--cache", Path.Combine(Path.GetTempPath(), "idc-bench-packs"), "--train-cases", train, "--validation-cases", held, "--out", Path.Combine(work, "models"),
                "--checkpoints", work, "--epochs", "1", "--batch", Text(Batch), "--threads", Text(threads), "--precision", precision.ToString()]);
            return JsonSerializer.Deserialize<TrainingReport>(File.ReadAllBytes(Path.Combine(work, "progress.json")), TrainingJson.Options)!.Training!.PatchesPerSecond;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private double Theirs()
    {
        var output = Run(Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3", [
            peer, folder, "--train-patients", string.Join(',', cases), "--test-patients", validation, "--epochs", "1", "--batch", Text(Batch), "--threads", Text(threads)]);
        using var result = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return result.RootElement.GetProperty("samples_per_s").GetDouble();
    }

    private double BatchMilliseconds()
    {
        const int Batches = 50;
        torch.set_num_threads(threads);
        var (options, sampler) = (new TrainingOptions(), new BalancedSampler(data.Patches));
        using var pixels = torch.tensor(data.Pixels, [data.Patches.Count, PatchDataset.Side, PatchDataset.Side, 3], dtype: torch.ScalarType.Byte);
        var started = TimeProvider.System.GetTimestamp();
        for (var batch = 0; batch < Batches; batch++)
        {
            using var scope = torch.NewDisposeScope();
            Augmentation.Apply(pixels.index_select(0, torch.tensor(sampler.Next(Batch, new Random(batch)), dtype: torch.ScalarType.Int64)), options.Shift, options.StainJitter);
        }

        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds / Batches;
    }

    private static string Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };

        // What the trainer sets for itself; the script gets it too.
        foreach (var (name, value) in MallocSettings.Variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
