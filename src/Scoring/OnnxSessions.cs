using IdcFunctions.Scoring.Models;
using Microsoft.ML.OnnxRuntime;

namespace IdcFunctions.Scoring;

/// <summary>Opens ONNX Runtime's sessions: on the provider that is asked for, else on the CPU, or not at all where a GPU is required.</summary>
public static class OnnxSessions
{
    /// <summary>y = relu(x) of one number: the least that makes ONNX Runtime take hold of a GPU.</summary>
    internal static readonly byte[] ProbeGraph = Convert.FromBase64String(
        "CAg6MwoMCgF4EgF5IgRSZWx1EgFnWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUICEBE=");

    /// <summary>ONNX Runtime's version.</summary>
    public static string RuntimeVersion { get; } = OrtEnv.Instance().GetVersionString();

    /// <summary>Looks for the GPU that is required, before there is a model to load.</summary>
    /// <exception cref="GpuRequiredException">It is required and not there.</exception>
    public static void RequireGpu(ScoringOptions options)
    {
        if (options is not { RequireGpu: true, Provider: ExecutionProvider.Cuda })
        {
            return;
        }

        try
        {
            OpenOnCuda(ProbeGraph, ScoringPrecision.Fp32, options).Dispose();
        }
        catch (Exception exception) when (IsOfCuda(exception))
        {
            throw Missing(exception);
        }
    }

    /// <summary>Opens a model's graph.</summary>
    /// <exception cref="ModelRefusedException">No provider can load the graph.</exception>
    /// <exception cref="GpuRequiredException">The GPU that is required can't be used, and the graph is not to blame.</exception>
    internal static OpenedSession Open(ModelManifest manifest, ScoringGraph graph, byte[] onnx, ScoringOptions options)
    {
        Exception? cause = null;
        if (options.Provider == ExecutionProvider.Cuda)
        {
            try
            {
                return new OpenedSession(OpenOnCuda(onnx, graph.Precision, options), ExecutionProvider.Cuda, null);
            }
            catch (Exception exception) when (IsOfCuda(exception))
            {
                cause = exception;
            }
        }

        // Also where the CPU will not do: a graph that it can't load either is the model's fault, not the GPU's.
        InferenceSession session;
        try
        {
            using var settings = Settings(options, ExecutionProvider.Cpu);
            session = new InferenceSession(onnx, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ModelRefusedException(
                $"{manifest.ModelName} {manifest.ModelVersion}: ONNX Runtime can't load {graph.File}: {exception.Message} Export it again.",
                exception);
        }

        if (cause is not null && options.RequireGpu)
        {
            session.Dispose();
            throw Missing(cause);
        }

        return new OpenedSession(session, ExecutionProvider.Cpu, cause?.Message);
    }

    /// <summary>
    /// Float32 stays float32: TF32 would have ten bits of each factor. The tensor cores want fp16 with its channels last. And
    /// convolutions are chosen by rule: trying them out costs a quarter of a second for each new number of patches.
    /// </summary>
    private static InferenceSession OpenOnCuda(byte[] onnx, ScoringPrecision precision, ScoringOptions options)
    {
        using var settings = Settings(options, ExecutionProvider.Cuda);
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["use_tf32"] = "0",
            ["prefer_nhwc"] = precision == ScoringPrecision.Fp16 ? "1" : "0",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
        });
        settings.AppendExecutionProvider_CUDA(cuda);
        return new InferenceSession(onnx, settings);
    }

    private static SessionOptions Settings(ScoringOptions options, ExecutionProvider provider) => new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        InterOpNumThreads = 1,
        IntraOpNumThreads = options.ThreadsOn(provider),
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    private static bool IsOfCuda(Exception exception) => exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException;

    private static GpuRequiredException Missing(Exception cause) => new(
        $"Scoring:RequireGpu is set, but CUDA can't be used: {cause.Message} Use the GPU build on a machine with an NVIDIA GPU, or unset it.", cause);
}
