// Runs the whole line under kills, faults and doubled messages, and compares what is stored with a calm run, byte for byte:
// dotnet run --project bench/Chaos -c Release -- [--seeds 1-20] [--slides 12] [--kills 4] [--upgrade-from FOLDER [--older-lacks NAME,…]] [--logs FOLDER]; --help tells what each means.
using System.Globalization;
using IdcFunctions.Bench.Chaos;

if (args is [ChaosHost.Argument, var connection, var app])
{
    return await ChaosHost.RunAsync(connection, app);
}

if (args.Contains("--help"))
{
    Console.WriteLine("""
        Drops slides into a calm line and into one that is killed, faulted and given messages twice and late, and prints what differs.

        --seeds FIRST-LAST      what slides, kills, faults and messages' disorder follow from, a trial each; 1-20
        --slides COUNT          slides of a trial; 12
        --kills COUNT           handlers and hosts killed in a trial; 4
        --upgrade-from FOLDER   an older build's published app (its src/LocalHost/bin/Release/net10.0/app): each trial begins with
                                its handler and goes on with this build's after as many complete runs as the seed draws. The old
                                one ends in order or is killed, before the new one starts or up to 8 seconds after; the calm
                                line is this build's
        --older-lacks NAME,…    properties of JSON documents that the older build does not write: they are not compared
        --logs FOLDER           where the hosts' logs go; the folder for temporary files
        """);
    return 0;
}

var seeds = Option("--seeds", "1-20").Split('-').Select(Number).ToArray();
var options = new ChaosOptions
{
    Slides = Number(Option("--slides", "12")),
    Kills = Number(Option("--kills", "4")),
    UpgradeFrom = Option("--upgrade-from", "") is { Length: > 0 } from ? Path.GetFullPath(from) : null,
    OlderLacks = [.. Option("--older-lacks", "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
    LogFolder = Option("--logs", Path.GetTempPath()),
};
if (options.UpgradeFrom is { } folder && !File.Exists(Path.Combine(folder, "host.json")))
{
    Console.Error.WriteLine($"{folder} is no published app: it has no host.json. Build the older commit's src/LocalHost, and give bin/Release/net10.0/app in it.");
    return 2;
}

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
