using System.Collections.Immutable;

namespace IdcFunctions.Bench.Scaling;

/// <summary>What one replica has; the sizes of infra/bicep/types.bicep.</summary>
/// <param name="Vcpus">vCPUs.</param>
/// <param name="Gibibytes">Memory.</param>
public sealed record ReplicaSize(double Vcpus, double Gibibytes)
{
    /// <summary>By hardware; the app's own is <c>Cpu</c>.</summary>
    public static readonly ImmutableDictionary<string, ReplicaSize> Of = new Dictionary<string, ReplicaSize>
    {
        ["Cpu"] = new(4, 8),
        ["GpuT4"] = new(8, 56),
        ["GpuA100"] = new(24, 220),
    }.ToImmutableDictionary();

    /// <summary>The rate of an app replica, from that of two cores: in proportion to its vCPUs. That rates grow with cores, and that a vCPU is a core, is assumed.</summary>
    public static double RateOfApp(double ofTwoCores) => ofTwoCores * Of["Cpu"].Vcpus / 2;

    /// <summary>
    /// A second of a replica that works: its vCPUs, its memory, and its GPU where it has one. Also a second of one that only
    /// waits: the idle price is for replicas with less than 1,000 bytes a second of traffic, and one whose host looks into six
    /// queues twice a second has more.
    /// </summary>
    public static double PerSecond(AzurePrices prices, string hardware) =>
        (Of[hardware].Vcpus * prices.VcpuSecond) + (Of[hardware].Gibibytes * prices.GibSecond) + prices.GpuSecond.GetValueOrDefault(hardware);
}
