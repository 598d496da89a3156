namespace IdcFunctions.Bench.Scaling;

/// <summary>From how many slides in one go a serverless GPU scores for less than the app's own CPU.</summary>
/// <param name="Prices">The price list.</param>
/// <param name="Hardware">A GPU of the price list.</param>
/// <param name="GpuPatchesPerSecond">What it brings into rows where many slides wait.</param>
/// <param name="CpuPatchesPerSecond">What an app replica does.</param>
public sealed record GpuBreakEven(AzurePrices Prices, string Hardware, double GpuPatchesPerSecond, double CpuPatchesPerSecond)
{
    /// <summary>Seconds that a GPU replica is paid for beside its work, each time that one starts: start, and the wait before it goes.</summary>
    public const double SecondsAroundWork = 90 + 300;

    private const double PatchesPerSlide = 995;

    /// <summary>Scoring 1,000 slides on the app's replicas.</summary>
    public double CpuPerThousandSlides => 1000 * PatchesPerSlide / CpuPatchesPerSecond * ReplicaSize.PerSecond(Prices, "Cpu");

    /// <summary>The same on the GPU, once it runs.</summary>
    public double GpuPerThousandSlides => 1000 * PatchesPerSlide / GpuPatchesPerSecond * ReplicaSize.PerSecond(Prices, Hardware);

    /// <summary>What each start of a GPU replica costs.</summary>
    public double Start => SecondsAroundWork * ReplicaSize.PerSecond(Prices, Hardware);

    /// <summary>Slides that one start must score; infinite where the GPU is dearer a slide.</summary>
    public double SlidesPerStart => GpuPerThousandSlides >= CpuPerThousandSlides ? double.PositiveInfinity : Start / (CpuPerThousandSlides - GpuPerThousandSlides) * 1000;
}
