using IdcFunctions.Scoring;

namespace IdcFunctions.Bench.Scoring;

/// <summary>The session that the handler uses, alone in this process.</summary>
internal sealed class LoneSession : IDisposable
{
    private const int Patches = 1024;

    private readonly PatchScorer scorer;
    private readonly byte[] pixels;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The folder of a version.</param>
    /// <param name="threads">Threads of the graph.</param>
    /// <param name="precision">Which of the model's graphs.</param>
    public LoneSession(string model, int threads, ScoringPrecision precision)
    {
        scorer = PatchScorer.LoadFolder(model, precision, new ScoringOptions { Threads = threads });
        pixels = new byte[Patches * scorer.Manifest.PatchSizePixels * scorer.Manifest.PatchSizePixels * 3];
        new Random(1).NextBytes(pixels);
    }

    /// <summary>Patches a second over 1,024 patches of noise, in batches of 256 as ScoreBatch has them.</summary>
    public double Measure()
    {
        var probabilities = new float[256];
        var started = TimeProvider.System.GetTimestamp();
        for (var start = 0; start < Patches; start += probabilities.Length)
        {
            scorer.Score(pixels.AsMemory(start * (pixels.Length / Patches), probabilities.Length * (pixels.Length / Patches)), probabilities, CancellationToken.None);
        }

        return Patches / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The same on a thread of its own that is bound to a core.</summary>
    public double MeasureOn(int core)
    {
        var rate = 0.0;
        var thread = new Thread(() =>
        {
            Affinity.SetThread(Native.CurrentThread(), core);
            rate = Measure();
        });
        thread.Start();
        thread.Join();
        return rate;
    }

    /// <inheritdoc/>
    public void Dispose() => scorer.Dispose();
}
