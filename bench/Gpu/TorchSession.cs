using System.Diagnostics;
using System.Globalization;
using IdcFunctions.Scoring;

namespace IdcFunctions.Bench.Gpu;

/// <summary>The same graph run by PyTorch on the GPU; the script prints its own rate, so that Python's start isn't counted.</summary>
internal static class TorchSession
{
    private static readonly string[] Layouts = ["nchw", "nhwc"];

    /// <summary>Patches a second in the better of two memory layouts.</summary>
    public static double PatchesPerSecond(string model, ScoringPrecision precision) => Layouts.Max(layout => Run(model, layout, precision == ScoringPrecision.Fp16 ? "cuda-half" : "cuda"));

    private static double Run(string model, string layout, string device)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "torch_session.py"), Path.Combine(model, "model.onnx"), Path.Combine(model, "golden.bin"), "1", "65536", "256", layout, "eager", device];
        using var python = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3", arguments) { RedirectStandardOutput = true })!;
        var lines = python.StandardOutput.ReadToEnd().Split('\n');
        python.WaitForExit();
        return python.ExitCode == 0 ? double.Parse(lines[0], CultureInfo.InvariantCulture) : throw new InvalidOperationException($"PyTorch's script ended with {python.ExitCode}.");
    }
}
