using IdcFunctions.Training.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Bench.Precision;

/// <summary>A graph in ONNX Runtime with the settings that the app scores with.</summary>
internal sealed class TimedGraph : IDisposable
{
    /// <summary>Bytes of a patch.</summary>
    public const int PatchBytes = 50 * 50 * 3;

    private const int Batch = 32;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly byte[] patches = new byte[Batch * PatchBytes];

    /// <summary>Loads a graph.</summary>
    public TimedGraph(byte[] onnx, int threads)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL, IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        session = new InferenceSession(onnx, options);
        new Random(1).NextBytes(patches);
        Score();
    }

    /// <summary>The rate over two seconds.</summary>
    public double PatchesPerSecond()
    {
        var started = TimeProvider.System.GetTimestamp();
        var scored = 0;
        while (TimeProvider.System.GetElapsedTime(started) < Least)
        {
            Score();
            scored += Batch;
        }

        return scored / TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }

    private void Score()
    {
        using var input = OrtValue.CreateTensorValueFromMemory(patches, [Batch, 50, 50, 3]);
        using var outputs = session.Run(run, [OnnxExporter.Input], [input], [OnnxExporter.Output]);
    }
}
