using System.Text.Json;

namespace IdcFunctions.Training.Reporting;

/// <summary>Writes <c>progress.json</c> into a training's folder, for whoever watches it from outside, and looks for the request to stop.</summary>
public sealed class ProgressFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "progress.json";

    /// <summary>A file of this name in the folder asks the training to stop.</summary>
    public const string CancelName = "cancel";

    /// <summary>Points of the loss curve at most.</summary>
    private const int CurvePoints = 240;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string folder;
    private readonly string checkpoints;
    private readonly double hourPrice;
    private readonly TimeProvider time;
    private readonly double earlierSeconds;
    private readonly TrainingSnapshot? earlier;
    private readonly long started;
    private readonly List<LossPoint> losses;
    private (double Sum, int Steps) stretch;
    private long written;
    private TrainingSnapshot? latest;

    /// <summary>Continues the file of an earlier start: the time spent adds up.</summary>
    /// <param name="folder">The training's folder; it exists.</param>
    /// <param name="checkpoints">The folder of all checkpoints: the training's, or, where it is one of several, that of all of them. The request to stop is looked for in both.</param>
    /// <param name="hourPrice">Price of an hour of this machine, in the currency of the reader's choice.</param>
    /// <param name="spent">What this start has taken already.</param>
    /// <param name="time">The clock.</param>
    public ProgressFile(string folder, string checkpoints, double hourPrice, TimeSpan spent, TimeProvider time)
    {
        this.folder = folder;
        this.checkpoints = checkpoints;
        this.hourPrice = hourPrice;
        this.time = time;
        started = time.GetTimestamp();
        var kept = Read(folder);
        earlierSeconds = (kept?.SpentSeconds ?? 0) + spent.TotalSeconds;
        earlier = kept?.Training;
        losses = [.. kept?.Losses ?? []];
    }

    /// <summary>What a training in a folder has taken, all its starts together; 0 where none has begun.</summary>
    public static double SpentSeconds(string folder) => Read(folder)?.SpentSeconds ?? 0;

    /// <summary>Writes the state, at most every five seconds and at an epoch's end.</summary>
    /// <exception cref="OperationCanceledException">Somebody put a file <c>cancel</c> into one of the folders.</exception>
    public void Write(TrainingSnapshot snapshot)
    {
        var isEpochsEnd = snapshot.Epochs.Length != latest?.Epochs.Length;
        AddLoss(snapshot);
        latest = snapshot;
        if (!isEpochsEnd && time.GetElapsedTime(written) < Interval)
        {
            return;
        }

        written = time.GetTimestamp();
        Write("training", null);
        if (((string[])[folder, checkpoints]).FirstOrDefault(place => File.Exists(Path.Combine(place, CancelName))) is { } asked)
        {
            throw new OperationCanceledException($"A file '{CancelName}' in {asked} asked for it. Remove it and start again to go on.");
        }
    }

    /// <summary>Writes how it ended.</summary>
    /// <param name="state"><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
    /// <param name="reason">Why, where it did not succeed.</param>
    public void End(string state, string? reason) => Write(state, reason);

    private static TrainingReport? Read(string folder) =>
        Path.Combine(folder, Name) is var file && File.Exists(file) ? JsonSerializer.Deserialize<TrainingReport>(File.ReadAllBytes(file), TrainingJson.Options) : null;

    private void AddLoss(TrainingSnapshot snapshot)
    {
        if (latest is null)
        {
            // Steps after the checkpoint that the training goes on from are taken again.
            losses.RemoveAll(point => point.Step > snapshot.Step);
            return;
        }

        stretch = (stretch.Sum + snapshot.StepLoss, stretch.Steps + 1);
        if (snapshot.Step % Math.Max(1, (snapshot.Steps + CurvePoints - 1) / CurvePoints) == 0)
        {
            losses.Add(new LossPoint(snapshot.Step, stretch.Sum / stretch.Steps));
            stretch = default;
        }
    }

    private void Write(string state, string? reason)
    {
        var spent = earlierSeconds + time.GetElapsedTime(started).TotalSeconds;
        var report = new TrainingReport(state, reason, time.GetUtcNow(), spent, spent / 3600 * hourPrice, losses, latest ?? earlier);
        WholeFile.Write(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(report, TrainingJson.Options));
    }
}
