// A model on a GPU: what its graphs answer and how fast, beside float32 on the processor and beside PyTorch on the same GPU.
// dotnet run --project bench/Gpu -c Release -- MODEL_FOLDER PATCHES CASES.txt [PAIRS]   (PATCHES: folder or zip of labelled patches)
// The settings of ONNX Runtime's CUDA provider, one beside the other: … -- settings MODEL_FOLDER PATCHES CASES.txt
// It needs ONNX Runtime's CUDA libraries in its folder (-p:Accelerator=Cuda), CUDA 13 and cuDNN 9.
using System.Globalization;
using IdcFunctions.Bench.Gpu;
using IdcFunctions.Bench.Scoring;
using IdcFunctions.Scoring;
using IdcFunctions.Training.Data;

if (args is ["settings", var folder, var set, var list])
{
    new ProviderSweep(folder, Pixels(set, list)).Print();
    return 0;
}

if (args is not [var model, var patches, var cases, .. var numbers])
{
    Console.Error.WriteLine("Give the folder of a model's version, the labelled patches, a file with the cases to score and, if not 5, the pairs with PyTorch.");
    return 1;
}

var count = numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 5;
var pixels = Pixels(patches, cases);
using var processor = new TimedScorer(model, ScoringPrecision.Fp32, new ScoringOptions(), pixels);
var (expected, threshold) = (processor.Answers(), processor.Threshold);
Console.WriteLine(Text($"{expected.Length} patches; float32 on {Environment.ProcessorCount} threads of the processor: {processor.PatchesPerSecond(1):0} patches/s"));
foreach (var precision in new[] { ScoringPrecision.Fp32, ScoringPrecision.Fp16 })
{
    using var gpu = new TimedScorer(model, precision, new ScoringOptions { Provider = ExecutionProvider.Cuda, RequireGpu = true }, pixels);
    var answers = gpu.Answers();
    var differences = expected.Zip(answers, (one, other) => Math.Abs(one - other)).Order().ToArray();
    var flipped = expected.Zip(answers).Count(pair => pair.First >= threshold != pair.Second >= threshold);
    Console.WriteLine(Text($"{gpu.Provider}: probabilities differ by {differences[^1]:0.0000000} at most, {differences[differences.Length / 2]:0.0000000} in the median, {flipped} patches change sides of {threshold:0.00}"));
    foreach (var callers in new[] { 1, 2, 4 })
    {
        var pairs = Enumerable.Range(0, count).Select(_ => (Ours: gpu.PatchesPerSecond(callers), Theirs: callers == 1 ? TorchSession.PatchesPerSecond(model, 1, 65536, 256, "eager", precision == ScoringPrecision.Fp16 ? "cuda-half" : "cuda") : 0)).ToList();
        var ours = pairs.Select(pair => pair.Ours).Order().ToArray();
        Console.WriteLine(Text($"  {callers} at once: {ours[count / 2]:0} patches/s ({ours[0]:0}–{ours[^1]:0})"));
        if (callers == 1)
        {
            var ratios = pairs.Select(pair => pair.Ours / pair.Theirs).Order().ToArray();
            Console.WriteLine(Text($"  PyTorch, its better memory layout: {pairs.Select(pair => pair.Theirs).Order().ElementAt(count / 2):0} patches/s; ours is {ratios[count / 2]:0.00} times as fast ({ratios[0]:0.00} to {ratios[^1]:0.00})"));
        }
    }
}

return 0;

static byte[] Pixels(string patches, string cases) => PatchDataset.Load(patches, File.ReadAllLines(cases).Where(line => line.Length > 0).ToHashSet()).Pixels;

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
