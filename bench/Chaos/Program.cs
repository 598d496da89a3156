// Runs the whole line under kills, faults and doubled messages, and compares what is stored with a calm run, byte for byte:
// dotnet run --project bench/Chaos -c Release -- [--seeds 1-20] [--slides 12] [--kills 4] [--logs FOLDER]
using System.Globalization;
using IdcFunctions.Bench.Chaos;

if (args is [ChaosHost.Argument, var connection])
{
    return await ChaosHost.RunAsync(connection);
}

var seeds = Option("--seeds", "1-20").Split('-').Select(Number).ToArray();
var options = new ChaosOptions { Slides = Number(Option("--slides", "12")), Kills = Number(Option("--kills", "4")), LogFolder = Option("--logs", Path.GetTempPath()) };
var total = new ChaosCounts();
var differences = 0;
Console.WriteLine("| seed | handler kills | host kills | messages | doubled | late | failed requests | retried slides | differences | s |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
for (var seed = seeds[0]; seed <= seeds[^1]; seed++)
{
    var started = TimeProvider.System.GetTimestamp();
    var (counts, found) = await ChaosTrial.RunAsync(options with { Seed = seed }, CancellationToken.None);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {seed} | {counts} | {found.Count} | {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} |"));
    foreach (var difference in found)
    {
        Console.WriteLine($"  seed {seed}: {difference}");
    }

    total = total.Plus(counts);
    differences += found.Count;
}

Console.WriteLine($"| all | {total} | {differences} | |");
return differences == 0 ? 0 : 1;

string Option(string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
