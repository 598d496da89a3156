// From slides a day to storage operations, scorers and cost, for a CPU and a GPU scorer of given rate and price:
// dotnet run --project bench/Scaling -c Release -- CPU_PATCHES_PER_S CPU_PER_HOUR GPU_PATCHES_PER_S GPU_PER_HOUR PER_10K_OPERATIONS
// Or the tables of docs/cost.md, for a price list: dotnet run --project bench/Scaling -c Release -- cost bench/Scaling/prices.json
using System.Globalization;
using IdcFunctions.Bench.Scaling;

if (args is ["cost", var file])
{
    Console.Write(CostTables.Write(AzurePrices.Read(await File.ReadAllTextAsync(file))));
    return 0;
}

var given = args.Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
if (given.Length != 5)
{
    Console.Error.WriteLine("Give five numbers: patches/s and price an hour of a CPU scorer, the same of a GPU scorer, price of 10,000 storage operations.");
    return 1;
}

Console.WriteLine("| slides a day | operations a day | entities/s | CPU scorers | GPU scorers | CPU cost a day | GPU cost a day |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (var slides in new[] { 100, 1_000, 10_000, 100_000, 1_000_000 })
{
    var cpu = new ScalingPlan(slides, 995, 8, given[0], given[1], given[4]);
    var gpu = cpu with { PatchesPerSecond = given[2], ScorerPerHour = given[3] };
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {slides} | {(double)slides * cpu.OperationsOfSlide:0} | {cpu.EntitiesPerSecond:0.0} | {cpu.Scorers} | {gpu.Scorers} | {cpu.CostPerDay:0.00} | {gpu.CostPerDay:0.00} |"));
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One account's first limit is met at {new ScalingPlan(1, 995, 8, 1, 0, 0).FirstLimit:0} slides a day."));
return 0;
