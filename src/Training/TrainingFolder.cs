using System.Globalization;
using System.Text;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Data;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>
/// What a training keeps: its checkpoint, each epoch's weights, and the split that they were trained on. Whoever takes such
/// weights believes the split beside them, so that it is written only where all weights there are of it.
/// </summary>
/// <param name="path">The folder.</param>
public sealed class TrainingFolder(string path)
{
    /// <summary>Where the checkpoint lies.</summary>
    public string CheckpointFile => At(Checkpoint.FileName);

    /// <summary>Path of a file in it.</summary>
    public string At(string file) => Path.Combine(path, file);

    /// <summary>Takes the folder for a training, which goes on from the checkpoint or starts anew.</summary>
    /// <exception cref="OtherTrainingException">The checkpoint belongs to another training; nothing has been written.</exception>
    /// <exception cref="TrainingException">Weights of other cases lie there, or the checkpoint can't be read; likewise.</exception>
    public void Begin(CaseSplit split, Checkpoint checkpoint)
    {
        Directory.CreateDirectory(path);
        var (file, content) = (At(ModelArtefact.SplitFile), split.ToJson());
        if (checkpoint.Find() is null
            && Directory.EnumerateFiles(path, "epoch-*.dat").Order(StringComparer.Ordinal).LastOrDefault() is { } weights
            && !(File.Exists(file) && File.ReadAllText(file) == content))
        {
            throw new TrainingException(
                $"{weights} is of a training on other cases, whose checkpoint is gone: the split of a new training would be taken for its own. "
                + "Give another --checkpoints, or take the weights of that training out of this one.");
        }

        WholeFile.Write(file, Encoding.UTF8.GetBytes(content));
    }

    /// <summary>Keeps the averaged weights of an epoch, as a whole file: a job's folder is copied while it trains.</summary>
    public void Keep(int epoch, WideResNet network) =>
        WholeFile.Write(At(string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch:D3}.dat")), Checkpoint.BytesOf(stream => network.save(stream)));
}
