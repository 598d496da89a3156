namespace IdcFunctions.Bench.Scaling;

/// <summary>Hours of one training, by hardware.</summary>
public static class TrainingTime
{
    /// <summary>Measured: training patches a second on two cores, fp32 (docs/MEASUREMENTS.md).</summary>
    public const double PatchesOfTwoCores = 93;

    /// <summary>The whole data set, so many times.</summary>
    public const double Patches = 277_524, Epochs = 8;

    /// <summary>A GPU's training rate over that of the CPU replica: assumed, not measured.</summary>
    public const double GpuOverCpu = 10;

    /// <summary>Hours.</summary>
    public static double Hours(string hardware)
    {
        var rate = ReplicaSize.RateOfApp(PatchesOfTwoCores);
        return Patches * Epochs / (hardware == "Cpu" ? rate : rate * GpuOverCpu) / 3600;
    }
}
