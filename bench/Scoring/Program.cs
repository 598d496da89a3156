// What ScoreBatch makes of the ONNX session's speed: the scoring thread has core 0 for itself, Azurite, host and all other
// threads of the handler share core 1. A slide's stored patches are scored again and again; before and after each time the
// session is measured alone: dotnet run --project bench/Scoring -c Release -- [PATCHES] [ROUNDS]   (Linux, with taskset)
// The session beside PyTorch, or the int8 variant beside float32, in alternating pairs: … -- torch|int8 [THREADS] [MODEL]
using System.Globalization;
using System.Reflection;
using IdcFunctions.Bench.Scoring;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
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

const int SessionCore = 0, OtherCore = 1;
var wanted = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 8600;
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
var cancel = CancellationToken.None;
Affinity.SetProcess(Environment.ProcessId, OtherCore);
using var alone = new LoneSession(ShippedModel.FolderIn(app), 1, ScoringPrecision.Fp32);

var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancel);
await using var azurite = await Azurite.StartAsync(installation, null, AzuritePorts.Free(), cancel);
await StorageSetup.CreateAsync(azurite.ConnectionString, cancel);
using var log = new HostLog(TextWriter.Null, TimeProvider.System);
var lease = TimeSpan.FromMinutes(10);
var settings = HandlerSettings.For(azurite.ConnectionString, lease);
settings["Scoring__Threads"] = "1";
await using var host = await FunctionsHost.StartAsync(FunctionApp.Load(app, settings), new FunctionsHostOptions(0, azurite.ConnectionString, lease, settings), TimeProvider.System, log, cancel);
await host.Handler.WaitUntilReadyAsync(cancel);

// About half of a made slide is tissue.
var side = (int)(Math.Sqrt(2.1 * wanted) * 50);
using var slide = new ScoredSlide(azurite.ConnectionString, host.Address, SyntheticSlide.OfTissue(side, side, 4, 1).ToLibvipsPyramid(4));
var patches = await slide.DropAsync(cancel);
var handler = new HandlerThreads(host.Handler.ProcessId!.Value);
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
