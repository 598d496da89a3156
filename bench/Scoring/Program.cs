// What ScoreBatch makes of the ONNX session's speed: the scoring thread has core 0 for itself, Azurite, host and all other
// threads of the handler share core 1. A slide's stored patches are scored again and again; before and after each time the
// session is measured alone: dotnet run --project bench/Scoring -c Release -- [PATCHES] [ROUNDS]   (Linux, with taskset)
// What ScoreBatch allocates a patch: … -- allocations [PATCHES]
// The session beside PyTorch, or the int8 variant beside float32, in alternating pairs: … -- torch|int8 [THREADS] [MODEL]
using System.Globalization;
using System.Reflection;
using IdcFunctions.Bench.Scoring;
using IdcFunctions.Fixtures;
using IdcFunctions.Scoring;

var app = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "App").Value!;
if (args is ["torch" or "int8", ..])
{
    var threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.ProcessorCount;
    var model = args.Length > 2 ? args[2] : ShippedModel.FolderIn(app);
    Action<string, int> compare = args[0] == "torch" ? SessionPairs.VersusTorch : SessionPairs.VersusInt8;
    compare(model, threads);
    return;
}

// About half of a made slide is tissue.
static byte[] SlideOf(int patches)
{
    var side = (int)(Math.Sqrt(2.1 * patches) * 50);
    return SyntheticSlide.OfTissue(side, side, 4, 1).ToLibvipsPyramid(4);
}

if (args is ["allocations", ..])
{
    await Allocations.PrintAsync(app, SlideOf(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1000), CancellationToken.None);
    return;
}

const int SessionCore = 0, OtherCore = 1;
var wanted = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8600;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var cancel = CancellationToken.None;
Affinity.SetProcess(Environment.ProcessId, OtherCore);
using var alone = new LoneSession(ShippedModel.FolderIn(app), 1, ScoringPrecision.Fp32);

await using var site = await ScoringSite.StartAsync(app, cancel);

using var slide = new ScoredSlide(site.ConnectionString, site.Host.Address, SlideOf(wanted));
var patches = await slide.DropAsync(cancel);
var handler = new HandlerThreads(site.Host.Handler.ProcessId!.Value);
Affinity.SetThread(handler.ScoringThread, SessionCore);
Console.WriteLine($"{patches} patches");
Console.WriteLine("| round | session alone patches/s | through ScoreBatch patches/s | ratio | from request to published s | handler's CPU outside the session ms/patch |");
Console.WriteLine("|---|---|---|---|---|---|");
for (var round = 1; round <= rounds; round++)
{
    var before = alone.MeasureOn(SessionCore);
    var cpu = handler.CpuOutsideScoring();
    var (rate, seconds) = await slide.RescoreAsync(cancel);
    var spent = (handler.CpuOutsideScoring() - cpu).TotalMilliseconds / patches;
    var lone = (before + alone.MeasureOn(SessionCore)) / 2;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {round} | {lone:0.0} | {rate:0.0} | {rate / lone:0.000} | {seconds:0.0} | {spent:0.000} |"));
}
