using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;

namespace IdcFunctions.Bench.Scoring;

/// <summary>The session that the handler uses, alone on its core in this process: what ScoreBatch is measured against.</summary>
internal sealed class LoneSession : IDisposable
{
    private const int Patches = 1024;

    private readonly PatchScorer scorer;
    private readonly byte[] pixels;
    private readonly int core;

    /// <summary>Loads the app's model.</summary>
    public LoneSession(string app, int core)
    {
        var folder = Path.GetDirectoryName(Directory.EnumerateFiles(Path.Combine(app, "models"), "config.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First())!;
        var manifest = ModelManifest.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        scorer = PatchScorer.Load(manifest, manifest.GraphOf(ScoringPrecision.Fp32), File.ReadAllBytes(Path.Combine(folder, manifest.Onnx.File)), File.ReadAllBytes(Path.Combine(folder, manifest.Golden.File)), new ScoringOptions { Threads = 1 });
        pixels = new byte[Patches * manifest.PatchSizePixels * manifest.PatchSizePixels * 3];
        new Random(1).NextBytes(pixels);
        this.core = core;
    }

    /// <summary>Patches a second over 1,024 patches of noise, in batches of 256 as ScoreBatch has them.</summary>
    public double Measure()
    {
        var rate = 0.0;
        var thread = new Thread(() =>
        {
            Affinity.SetThread(Native.CurrentThread(), core);
            var probabilities = new float[256];
            var started = TimeProvider.System.GetTimestamp();
            for (var start = 0; start < Patches; start += 256)
            {
                scorer.Score(pixels.AsMemory(start * (pixels.Length / Patches), 256 * (pixels.Length / Patches)), probabilities, CancellationToken.None);
            }

            rate = Patches / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        });
        thread.Start();
        thread.Join();
        return rate;
    }

    /// <inheritdoc/>
    public void Dispose() => scorer.Dispose();
}
