using System.Diagnostics;
using System.Globalization;

namespace IdcFunctions.Bench.Scoring;

/// <summary>A model's graph run by PyTorch. The script prints its own rate: Python's start is not counted.</summary>
internal static class TorchSession
{
    private static readonly string[] Layouts = ["nchw", "nhwc"];

    /// <summary>Patches a second in the better of two memory layouts.</summary>
    /// <param name="model">The folder of a version.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="patches">Patches that are timed.</param>
    /// <param name="batch">Patches in a call.</param>
    /// <param name="mode">The script's MODE.</param>
    /// <param name="device">The script's DEVICE.</param>
    public static double PatchesPerSecond(string model, int threads, int patches, int batch, string mode, string device) =>
        Layouts.Max(layout => Run(model, [Text(threads), Text(patches), Text(batch), layout, mode, device]));

    private static double Run(string model, string[] settings)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "torch_session.py"), Path.Combine(model, "model.onnx"), Path.Combine(model, "golden.bin"), .. settings];
        using var python = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("PYTHON") ?? "/usr/bin/python3", arguments) { RedirectStandardOutput = true })!;
        var lines = python.StandardOutput.ReadToEnd().Split('\n');
        python.WaitForExit();
        return python.ExitCode == 0 ? double.Parse(lines[0], CultureInfo.InvariantCulture) : throw new InvalidOperationException($"PyTorch's script ended with {python.ExitCode}.");
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
