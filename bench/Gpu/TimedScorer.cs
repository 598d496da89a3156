using System.Diagnostics;
using IdcFunctions.Scoring;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Bench.Gpu;

/// <summary>A model's graph that scores the same patches again and again.</summary>
/// <param name="model">Folder of a model's version.</param>
/// <param name="precision">Which of its graphs.</param>
/// <param name="options">How to score.</param>
/// <param name="pixels">The patches, uint8 NHWC.</param>
internal sealed class TimedScorer(string model, ScoringPrecision precision, ScoringOptions options, byte[] pixels) : IDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(0.5);

    private readonly PatchScorer scorer = PatchScorer.LoadFolder(model, precision, options);

    /// <summary>What computes.</summary>
    public string Provider => scorer.Provider;

    /// <summary>The model's threshold.</summary>
    public double Threshold => scorer.Manifest.DecisionThreshold;

    /// <summary>P(IDC) of each patch.</summary>
    public float[] Answers()
    {
        var answers = new float[pixels.Length / PatchDataset.PatchBytes];
        scorer.Score(pixels, answers, CancellationToken.None);
        return answers;
    }

    /// <summary>Patches a second of some callers together, over half a second at least; memory from the processor's and back.</summary>
    public double PatchesPerSecond(int callers)
    {
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                long scored = 0;
                while (clock.Elapsed < Least)
                {
                    scored += Answers().Length;
                }

                return scored;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        Task.WaitAll(threads);
        return threads.Sum(thread => thread.Result) / clock.Elapsed.TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose() => scorer.Dispose();
}
