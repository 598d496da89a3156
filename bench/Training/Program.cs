// Samples a second beside a PyTorch script: dotnet run --project bench/Training -c Release -- PATCHES_FOLDER PEER.py [THREADS [PATCHES]]
// PEER.py FOLDER --train-patients a,b --test-patients c --threads T --batch B --epochs 1 prints a line of JSON with samples_per_s.
using System.Globalization;
using IdcFunctions.Bench.Training;
using IdcFunctions.Slides.Training;
using IdcFunctions.Training;

LibtorchCompatibility.Prepare();
if (args is not [var folder, var peer, .. var numbers])
{
    Console.Error.WriteLine("Give the folder of labelled patches, the PyTorch script and, if not 2 and 3000, threads and patches to train on.");
    return 1;
}

var threads = numbers.Length > 0 ? int.Parse(numbers[0], CultureInfo.InvariantCulture) : 2;
var patches = numbers.Length > 1 ? int.Parse(numbers[1], CultureInfo.InvariantCulture) : 3000;
var training = new TrainingPairs(folder, peer, threads, patches);
training.Compare(TrainingPrecision.Full);
training.Compare(TrainingPrecision.Mixed);
return 0;
