using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Scoring;

/// <summary>
/// Calls of a graph with bound tensors in memory of a named kind, each with buffers of its own: with page-locked memory a
/// GPU fetches pixels and brings probabilities by itself, without a copy that the driver makes on the way.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="input">Name of the input, uint8.</param>
/// <param name="output">Name of the output, float32 [count, 1].</param>
/// <param name="shape">
/// The input's shape, the number of patches first. Each call has it, whole, however few patches there are: ONNX Runtime
/// plans each convolution anew where the shape is another than in the call before, which took an H100 as long as hundreds of
/// patches.
/// </param>
/// <param name="memory">The kind of memory.</param>
internal sealed class BoundCalls(InferenceSession session, string input, string output, long[] shape, OrtMemoryInfo memory) : IDisposable
{
    private readonly RunOptions runOptions = new();
    private readonly OrtAllocator allocator = new(session, memory);

    // As many as there are calls at once; they stay for the next ones.
    private readonly ConcurrentBag<BoundTensors> idle = [];

    /// <summary>Page-locked memory, which processor and GPU reach.</summary>
    public static OrtMemoryInfo PageLocked() => new(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.CpuOutput);

    /// <summary>Scores patches in one call.</summary>
    /// <param name="pixels">The patches, as many as the shape has or fewer.</param>
    /// <param name="probabilities">Gets their answers.</param>
    public void Score(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        var tensors = idle.TryTake(out var used) ? used : new BoundTensors(session, allocator, shape);
        pixels.CopyTo(tensors.Patches.GetTensorMutableDataAsSpan<byte>());

        // Binding the input starts its way to the GPU.
        tensors.Binding.BindInput(input, tensors.Patches);
        tensors.Binding.BindOutput(output, tensors.Answers);
        tensors.Binding.SynchronizeBoundInputs();
        session.RunWithBinding(runOptions, tensors.Binding);
        tensors.Binding.SynchronizeBoundOutputs();
        tensors.Answers.GetTensorDataAsSpan<float>()[..probabilities.Length].CopyTo(probabilities);
        idle.Add(tensors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensors in idle)
        {
            tensors.Dispose();
        }

        allocator.Dispose();
        memory.Dispose();
        runOptions.Dispose();
    }
}
