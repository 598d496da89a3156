// Reads slides as tiling does and prints what that takes: dotnet run --project bench/Tiling -c Release -- [WIDTH HEIGHT]
// makes a 40x pyramid of that size (40,000 x 33,000 px where none is given); SLIDE... reads files.
using System.Diagnostics;
using System.Globalization;
using IdcFunctions.Bench.Tiling;
using IdcFunctions.Tiling;

const int Rounds = 5;
int[] size = args.Length == 0 ? [40_000, 33_000] : [.. args.Select(argument => int.TryParse(argument, CultureInfo.InvariantCulture, out var number) ? number : 0)];
string[] slides = size is [> 0, > 0] ? [MadePyramid.Make(size[0], size[1])] : args;

Console.WriteLine("| slide | bytes | level read | patches | GETs | bytes read | share of the file | best of five, s |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
foreach (var slide in slides)
{
    var best = TimeSpan.MaxValue;
    var line = "";
    for (var round = 0; round < Rounds; round++)
    {
        using var source = new CountedFile(slide);
        var request = new TilingRequest(Path.GetFileName(slide), null, 4, 50, 50, null, false, "box", new TilingOptions().MinTissueFraction);
        var started = TimeProvider.System.GetTimestamp();
        var tiled = await SlideTiler.TileAsync(source, request, (_, _, _) => ValueTask.CompletedTask, CancellationToken.None);
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        best = elapsed < best ? elapsed : best;
        line = string.Create(
            CultureInfo.InvariantCulture,
            $"| {Path.GetFileName(slide)} | {source.Length} | {tiled.Properties.LevelWidth} × {tiled.Properties.LevelHeight} | {tiled.TissueCells.Length} | {source.Reads} | {source.BytesRead} | {(double)source.BytesRead / source.Length:0.00 %} |");
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line} {best.TotalSeconds:0.00} |"));
}

using var self = Process.GetCurrentProcess();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory of this process: {self.PeakWorkingSet64 / 1e6:0} MB"));
