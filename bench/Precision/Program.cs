// Networks of several widths in float32 and int8, as the exporter writes them, in alternating rounds on this machine. Their
// weights are random, which speed does not hang on: dotnet run --project bench/Precision -c Release -- [THREADS]
using System.Globalization;
using IdcFunctions.Bench.Precision;
using IdcFunctions.Slides.Training;
using IdcFunctions.Training;
using IdcFunctions.Training.Evaluation;
using IdcFunctions.Training.Network;
using IdcFunctions.Training.Onnx;

var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
LibtorchCompatibility.Prepare();
var calibration = new Calibration(1, 0);
var noise = new byte[64 * TimedGraph.PatchBytes];
new Random(1).NextBytes(noise);
Console.WriteLine("| k | float32 patches/s | int8 patches/s | int8 over float32, median of five |");
Console.WriteLine("|---|---|---|---|");
foreach (var width in new[] { 1, 2, 4 })
{
    using var network = new WideResNet(new NetworkShape(width));
    network.eval();
    using var full = new TimedGraph(OnnxExporter.Export(network, calibration), threads);
    using var int8 = new TimedGraph(QuantizedExporter.Export(network, calibration, noise), threads);
    var pairs = Enumerable.Range(0, 5).Select(_ => (Full: full.PatchesPerSecond(), Int8: int8.PatchesPerSecond())).OrderBy(pair => pair.Int8 / pair.Full).ToList();
    var (fullRate, int8Rate) = pairs[pairs.Count / 2];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {width} | {fullRate:0} | {int8Rate:0} | {int8Rate / fullRate:0.00} ({pairs[0].Int8 / pairs[0].Full:0.00}–{pairs[^1].Int8 / pairs[^1].Full:0.00}) |"));
}
