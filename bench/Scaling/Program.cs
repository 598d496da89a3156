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

Console.Write(ScalingTable.Write(given[0], given[1], given[2], given[3], given[4]));
return 0;
