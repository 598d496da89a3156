// What tiling takes: dotnet run --project bench/Tiling -c Release -- made [WIDTH HEIGHT] | versus SLIDE best|LEVEL | isolation SLIDE | mutate [COUNT] | SLIDE...
using System.Globalization;
using IdcFunctions.Bench.Tiling;
using IdcFunctions.Tiling.Isolation;

switch (args)
{
    case [DecoderProgram.Argument]:
        return await DecoderProgram.RunAsync();
    case ["made", .. var size]:
        int[] sides = size is [] ? [40_000, 33_000] : [.. size.Select(side => int.Parse(side, CultureInfo.InvariantCulture))];
        await Reading.RunAsync([MadePyramid.MakeAperio(sides[0], sides[1]), MadePyramid.MakeLibvips(sides[0], sides[1]), MadePyramid.MakeFlat(sides[0], sides[1])]);
        return 0;
    case ["versus", var slide, var level]:
        await Versus.RunAsync(slide, level);
        return 0;
    case ["isolation", var slide]:
        await IsolationCost.RunAsync(slide);
        return 0;
    case ["mutate", .. var count]:
        return await Mutations.RunAsync(count is [] ? 2000 : int.Parse(count[0], CultureInfo.InvariantCulture)) ? 0 : 1;
    default:
        await Reading.RunAsync(args);
        return 0;
}
