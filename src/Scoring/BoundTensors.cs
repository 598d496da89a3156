using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace IdcFunctions.Scoring;

/// <summary>What one call of <see cref="BoundCalls"/> at a time uses: two tensors in the allocator's memory, and their binding.</summary>
internal sealed class BoundTensors : IDisposable
{
    private readonly OrtMemoryAllocation pixels;
    private readonly OrtMemoryAllocation probabilities;

    /// <summary>Takes the memory.</summary>
    /// <param name="session">The session.</param>
    /// <param name="allocator">Gives the memory.</param>
    /// <param name="shape">The input's shape, the number of patches first.</param>
    public BoundTensors(InferenceSession session, OrtAllocator allocator, long[] shape)
    {
        var (pixelBytes, answerBytes) = ((int)shape.Aggregate((product, size) => product * size), (int)shape[0] * sizeof(float));
        pixels = allocator.Allocate((uint)pixelBytes);
        probabilities = allocator.Allocate((uint)answerBytes);

        // They are called the processor's: as the GPU's own, ONNX Runtime 1.31 copies the answers onto themselves and refuses
        // that. The driver sees from the address that memory is page-locked.
        Patches = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.UInt8,
            shape,
            pixels.DangerousGetHandle(),
            pixelBytes);
        Answers = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            TensorElementType.Float,
            [shape[0], 1],
            probabilities.DangerousGetHandle(),
            answerBytes);
        Binding = session.CreateIoBinding();
    }

    /// <summary>The patches, uint8 of the input's shape.</summary>
    public OrtValue Patches { get; }

    /// <summary>Their answers, float32 [count, 1].</summary>
    public OrtValue Answers { get; }

    /// <summary>Binds them to the graph.</summary>
    public OrtIoBinding Binding { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Binding.Dispose();
        Patches.Dispose();
        Answers.Dispose();
        pixels.Dispose();
        probabilities.Dispose();
    }
}
