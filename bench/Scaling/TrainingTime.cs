namespace IdcFunctions.Bench.Scaling;

/// <summary>A full-size training on one machine, planned from its rate.</summary>
/// <param name="Machine">The machine, and what it computes in.</param>
/// <param name="PatchesPerSecond">What it trains.</param>
/// <param name="Source">Where that rate is from: measured, or a guess.</param>
/// <param name="PerHour">Price of an hour of it.</param>
public sealed record TrainingTime(string Machine, double PatchesPerSecond, string Source, double PerHour)
{
    /// <summary>Measured: training patches a second on two cores, in float32 and mixed (docs/MEASUREMENTS.md, training beside PyTorch).</summary>
    public const double Fp32OfTwoCores = 108, MixedOfTwoCores = 192;

    /// <summary>Measured: patches a second that the intake takes in on two cores busy with other work, so at least; taken for every machine, though more cores decode more (docs/training.md, speed).</summary>
    public const double IntakePatches = 2_300;

    /// <summary>The whole data set, the epochs of the trainer's default, and the share of the patches that is only evaluated on.</summary>
    public const double Patches = 277_524, Epochs = 12, ValidationShare = 0.2;

    /// <summary>Guesses, of what a GPU may give: its peak (float32 on a T4, whose tensor cores have no bfloat16; bfloat16 on an A100) and the share of it that so small a network reaches.</summary>
    private const double T4Teraflops = 8.1, T4Share = 0.25, A100Teraflops = 312, A100Share = 0.03;

    /// <summary>Forward 0.5 GFLOP a patch (<c>/api/network</c>), and twice that backward.</summary>
    private const double GigaflopsOfPatch = 1.5;

    private const double SecondsPerHour = 3600;

    /// <summary>The plan for a price list, the measured machine first.</summary>
    public static IReadOnlyList<TrainingTime> Plan(AzurePrices prices)
    {
        double PerHourOf(string hardware) => SecondsPerHour * ReplicaSize.PerSecond(prices, hardware);
        return
        [
            new("two cores, float32", Fp32OfTwoCores, "measured", PerHourOf("Cpu") / 2),
            new("two cores, mixed", MixedOfTwoCores, "measured", PerHourOf("Cpu") / 2),
            new("Cpu, float32", ReplicaSize.RateOfApp(Fp32OfTwoCores), "guess: two cores' rate, for each two vCPUs", PerHourOf("Cpu")),
            new("GpuT4, float32", T4Teraflops * T4Share * 1000 / GigaflopsOfPatch, "guess: 25 % of 8.1 TFLOP/s", PerHourOf("GpuT4")),
            new("GpuA100, mixed", A100Teraflops * A100Share * 1000 / GigaflopsOfPatch, "guess: 3 % of 312 TFLOP/s", PerHourOf("GpuA100")),
        ];
    }

    /// <summary>Hours of the intake, once a data set.</summary>
    public static double IntakeHours => Patches / IntakePatches / SecondsPerHour;

    /// <summary>Hours of the steps.</summary>
    public double TrainingHours => Epochs * (1 - ValidationShare) * Patches / PatchesPerSecond / SecondsPerHour;

    /// <summary>Hours of evaluating after each epoch and once more at the end; reckoned at the rate of training, which is too slow: there is no backward pass.</summary>
    public double EvaluationHours => (Epochs + 1) * ValidationShare * Patches / PatchesPerSecond / SecondsPerHour;

    /// <summary>All of them.</summary>
    public double Hours => IntakeHours + TrainingHours + EvaluationHours;
}
