using System.IO.Compression;
using System.Text.Json;
using IdcFunctions.Training.Network;
using TorchSharp.Modules;

namespace IdcFunctions.Training;

/// <summary>
/// All that a training needs to go on where it was: weights, their average, the optimizer's state and the step. Order
/// and augmentation are drawn from the seed and the step, so no generator's state is kept.
/// </summary>
/// <param name="path">The file; it is replaced as a whole.</param>
/// <param name="fingerprint">Of options, cases and patches: what must be the same for the training to be the same.</param>
public sealed class Checkpoint(string path, string fingerprint)
{
    /// <summary>The usual name of the file.</summary>
    public const string FileName = "training.ckpt";

    private const string Network = "network", Average = "average", Best = "best", Optimizer = "optimizer", Progress = "progress.json";

    /// <summary>Writes the state after <paramref name="progress"/>.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Save(TrainingProgress progress, WideResNet network, WideResNet average, WideResNet? best, OptimizerHelper optimizer)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";

        // A container's program has the same process id at each start: one that was killed here left its own behind.
        File.Delete(unfinished);
        using (var zip = ZipFile.Open(unfinished, ZipArchiveMode.Create))
        {
            Write(zip, Network, stream => network.save(stream));
            Write(zip, Average, stream => average.save(stream));
            if (best is not null)
            {
                Write(zip, Best, stream => best.save(stream));
            }

            Write(zip, Optimizer, stream => optimizer.save_state_dict(new BinaryWriter(stream)));
            Write(zip, Progress, stream => JsonSerializer.Serialize(stream, new Header(fingerprint, progress)));
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>What TorchSharp writes, which closes what it writes to.</summary>
    public static byte[] BytesOf(Action<Stream> write)
    {
        using var buffer = new MemoryStream();
        write(buffer);
        return buffer.ToArray();
    }

    /// <summary>Steps that a checkpoint's training had taken; 0 where there is none that can be read.</summary>
    public static int StepsOf(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        try
        {
            using var zip = ZipFile.OpenRead(path);
            using var header = Read(zip, Progress);
            return JsonSerializer.Deserialize<Header>(header)!.Progress.Steps;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            return 0;
        }
    }

    /// <summary>Looks how far its training had come, without restoring anything.</summary>
    /// <returns>Null where nothing was kept.</returns>
    /// <exception cref="OtherTrainingException">It belongs to another training.</exception>
    /// <exception cref="TrainingException">It can't be read.</exception>
    public TrainingProgress? Find() => Open(_ => { });

    /// <summary>Restores the state, where there is one.</summary>
    /// <returns>How far it had come; null where nothing was kept.</returns>
    /// <exception cref="OtherTrainingException">It belongs to another training.</exception>
    /// <exception cref="TrainingException">It can't be read.</exception>
    public TrainingProgress? Load(WideResNet network, WideResNet average, WideResNet? best, OptimizerHelper optimizer) => Open(zip =>
    {
        network.Restore(Read(zip, Network));
        average.Restore(Read(zip, Average));
        best?.Restore(Read(zip, Best));
        optimizer.load_state_dict(new BinaryReader(Read(zip, Optimizer)));
    });

    private TrainingProgress? Open(Action<ZipArchive> restore)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var zip = ZipFile.OpenRead(path);
            using var header = Read(zip, Progress);
            var (made, progress) = JsonSerializer.Deserialize<Header>(header)!;
            if (made != fingerprint)
            {
                throw new OtherTrainingException(
                    $"{path} is of a training with other options, cases or patches. Give those of that training, or another --checkpoints.");
            }

            restore(zip);
            return progress;
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or ArgumentException or InvalidOperationException or EndOfStreamException or FormatException)
        {
            throw new TrainingException($"{path}: the checkpoint can't be read: {exception.Message} Remove it to start anew.");
        }
    }

    private static void Write(ZipArchive zip, string name, Action<Stream> write)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(BytesOf(write));
    }

    private static MemoryStream Read(ZipArchive zip, string name)
    {
        using var entry = (zip.GetEntry(name) ?? throw new InvalidDataException($"{name} is missing.")).Open();
        var buffer = new MemoryStream();
        entry.CopyTo(buffer);
        buffer.Position = 0;
        return buffer;
    }

    private sealed record Header(string Fingerprint, TrainingProgress Progress);
}
