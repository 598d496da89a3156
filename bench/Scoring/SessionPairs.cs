using System.Globalization;
using IdcFunctions.Scoring;

namespace IdcFunctions.Bench.Scoring;

/// <summary>The session beside another way to run the same weights, in alternating pairs.</summary>
internal static class SessionPairs
{
    private const int Pairs = 5;
    private const int TorchPatches = 1024;
    private const int TorchBatch = 64;

    /// <summary>Beside PyTorch, in the better of its two memory layouts.</summary>
    public static void VersusTorch(string model, int threads)
    {
        using var session = new LoneSession(model, threads, ScoringPrecision.Fp32);
        foreach (var mode in new[] { "eager", "compiled" })
        {
            Print($"PyTorch, {mode}", session.Measure, () => TorchSession.PatchesPerSecond(model, threads, TorchPatches, TorchBatch, mode, "cpu"));
        }
    }

    /// <summary>The int8 variant beside float32.</summary>
    public static void VersusInt8(string model, int threads)
    {
        using var full = new LoneSession(model, threads, ScoringPrecision.Fp32);
        using var int8 = new LoneSession(model, threads, ScoringPrecision.Int8);
        Print("float32", int8.Measure, full.Measure);
    }

    private static void Print(string other, Func<double> ours, Func<double> theirs)
    {
        ours();
        var ratios = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var (own, their) = (ours(), theirs());
            ratios.Add(own / their);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours {own:0} patches/s, {other} {their:0}"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours is {ratios[Pairs / 2]:0.00} times as fast ({ratios[0]:0.00} to {ratios[^1]:0.00})"));
    }
}
