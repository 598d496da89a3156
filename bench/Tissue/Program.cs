// What the tissue mask loses, how it agrees with two published recipes, where the blur flag lies, and which cases and
// slides the stain check tells: dotnet run --project bench/Tissue -c Release -- PATCHES.zip TRAIN.txt[,MORE.txt] VALIDATION.txt SLIDE[=µm/px]…
using System.Globalization;
using IdcFunctions.Bench.Tissue;
using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Reading;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (zip, validationList) = (args[0], args[2]);
var training = PatchDataset.Load(zip, CaseIds(args[1]));
var validation = PatchDataset.Load(zip, CaseIds(validationList));

Console.WriteLine("| labelled patches | of them IDC | lost | lost of IDC | of the lost excluded as pen or border |");
Console.WriteLine("|---|---|---|---|---|");
foreach (var (name, patches) in new[] { ("training", training), ("validation", validation) })
{
    var loss = LabelledLoss.Of(patches);
    Console.WriteLine($"| {name}: {patches.Patches.Count} | {patches.Patches.Count(patch => patch.IsIdc)} | {loss.Lost} ({(double)loss.Lost / patches.Patches.Count:0.000 %}) | {loss.LostIdc} | {loss.Excluded} |");
}

Console.WriteLine();
Sharpness.Print(training, new TilingOptions());

var reference = TrainingStain.Of(training)!;
var distances = TrainingStain.ProfilesOf(validation).Values.Select(reference.DistanceOf).Order().ToList();
Console.WriteLine($"stain: limit {reference.Limit:0.00} from {reference.Cases} training cases; validation cases: median {distances[distances.Count / 2]:0.00}, largest {distances[^1]:0.00}, {distances.Count(distance => distance > reference.Limit)} of {distances.Count} beyond it");
Console.WriteLine();
Console.WriteLine("| slide | cells | planned | no tissue | excluded | blurred | pen or border | agreement with HistoQC (missed by ours / by it) | agreement with Otsu (missed by ours / by it) | stain distance |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
foreach (var slide in args[3..])
{
    var (path, spacing) = slide.Split('=') is [var file, var value] ? (file, double.Parse(value, CultureInfo.InvariantCulture)) : (slide, (double?)null);
    var source = new FileSource(path);
    try
    {
        var request = new TilingRequest(Path.GetFileName(path), spacing, 4, PatchDataset.Side, PatchDataset.Side, null, false, "box", new TilingOptions().MinTissueFraction);
        var tiled = await SlideTiler.TileAsync(source, request, (_, _, _) => ValueTask.CompletedTask, CancellationToken.None);
        var grey = await IndependentMask.GreyPixelsAsync(source, request, tiled);
        var stain = StainCheck.Check(tiled.Stain, reference);
        Console.WriteLine($"| {Path.GetFileName(path)} | {tiled.Grid.Columns * tiled.Grid.Rows} | {tiled.TissueCells.Length} | {tiled.NoTissueCells} | {tiled.ExcludedCells} | {Flagged(PatchQualities.Blurred)} | {Flagged(PatchQualities.PenOrBorder)} | {IndependentMask.HistoQc(tiled, grey)} | {IndependentMask.Otsu(tiled, grey)} | {stain.Distance:0.0} {stain.Warning} |");

        int Flagged(PatchQualities quality) => tiled.TissueCells.Count(cell => cell.Qualities.HasFlag(quality));
    }
    catch (SlideRefusedException refused)
    {
        Console.WriteLine($"| {Path.GetFileName(path)} | {refused.Failure.Code} |");
    }
}

static HashSet<string> CaseIds(string lists) => [.. lists.Split(',').SelectMany(File.ReadLines).Select(line => line.Trim()).Where(id => id.Length > 0)];
