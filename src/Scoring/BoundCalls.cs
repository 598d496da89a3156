using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IdcFunctions.Scoring;

/// <summary>
/// Calls of a graph with bound tensors in memory of a named kind, each with buffers of its own: with page-locked memory a
/// GPU fetches pixels and brings probabilities by itself, without a copy that the driver makes on the way.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="input">Name of the input, uint8.</param>
/// <param name="output">Name of the output, float32 [count, 1].</param>
/// <param name="mostPatches">Patches in one call.</param>
/// <param name="patchBytes">Bytes of a patch.</param>
/// <param name="memory">The kind of memory.</param>
internal sealed class BoundCalls(InferenceSession session, string input, string output, int mostPatches, int patchBytes, OrtMemoryInfo memory) : IDisposable
{
    private readonly RunOptions runOptions = new();
    private readonly OrtAllocator allocator = new(session, memory);
    private readonly ConcurrentBag<(OrtMemoryAllocation Pixels, OrtMemoryAllocation Probabilities)> idle = [];

    /// <summary>Page-locked memory, which processor and GPU reach.</summary>
    public static OrtMemoryInfo PageLocked() => new(OrtMemoryInfo.allocatorCUDA_PINNED, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.CpuOutput);

    /// <summary>Scores patches in one call.</summary>
    /// <param name="pixels">The patches.</param>
    /// <param name="shape">The input's shape, the number of patches first.</param>
    /// <param name="probabilities">Gets the answers.</param>
    public void Score(ReadOnlySpan<byte> pixels, long[] shape, Span<float> probabilities)
    {
        // As many as there are calls at once; they stay for the next ones.
        var buffers = idle.TryTake(out var used)
            ? used
            : (Pixels: allocator.Allocate((uint)(mostPatches * patchBytes)), Probabilities: allocator.Allocate((uint)(mostPatches * sizeof(float))));
        using (var patches = OrtValue.CreateTensorValueWithData(memory, TensorElementType.UInt8, shape, buffers.Pixels.DangerousGetHandle(), pixels.Length))
        using (var answers = OrtValue.CreateTensorValueWithData(memory, TensorElementType.Float, [shape[0], 1], buffers.Probabilities.DangerousGetHandle(), probabilities.Length * sizeof(float)))
        using (var binding = session.CreateIoBinding())
        {
            pixels.CopyTo(patches.GetTensorMutableDataAsSpan<byte>());

            // Binding the input starts its way to the GPU.
            binding.BindInput(input, patches);
            binding.BindOutput(output, answers);
            binding.SynchronizeBoundInputs();
            session.RunWithBinding(runOptions, binding);
            binding.SynchronizeBoundOutputs();
            answers.GetTensorDataAsSpan<float>().CopyTo(probabilities);
        }

        idle.Add(buffers);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (pixels, probabilities) in idle)
        {
            pixels.Dispose();
            probabilities.Dispose();
        }

        allocator.Dispose();
        memory.Dispose();
        runOptions.Dispose();
    }
}
