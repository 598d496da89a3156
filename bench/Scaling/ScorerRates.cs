namespace IdcFunctions.Bench.Scaling;

/// <summary>Patches a second that the tables reckon with.</summary>
public static class ScorerRates
{
    /// <summary>Measured: the shipped network's session on two cores of an AMD EPYC, nothing else on the machine (docs/MEASUREMENTS.md).</summary>
    public const double Fp32OfTwoCores = 417, Int8OfTwoCores = 1296;

    /// <summary>An app replica in fp32.</summary>
    public static double InFp32 { get; } = ReplicaSize.RateOfApp(Fp32OfTwoCores);

    /// <summary>The same in int8.</summary>
    public static double InInt8 { get; } = ReplicaSize.RateOfApp(Int8OfTwoCores);

    /// <summary>A GPU: assumed, not measured.</summary>
    public static double Gpu => 10_000;
}
