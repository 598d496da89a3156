using System.Collections.Immutable;
using System.Text.Json;

namespace IdcFunctions.Bench.Scaling;

/// <summary>What Azure asks, in one currency, on one day; <c>prices.json</c>.</summary>
/// <param name="Date">The day on which they were entered.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Note">Where the figures are from.</param>
/// <param name="VcpuSecond">A vCPU of Container Apps for a second.</param>
/// <param name="GibSecond">A GiB of memory for a second.</param>
/// <param name="GpuSecond">A serverless GPU for a second, by hardware; beside the vCPUs and the memory of its replica, as long as that is there.</param>
/// <param name="BlobGigabyteMonth">A gigabyte of hot blobs for a month.</param>
/// <param name="TableGigabyteMonth">A gigabyte of rows for a month.</param>
/// <param name="PerTenThousandOperations">10,000 storage operations of a slide, a mean over kinds.</param>
/// <param name="PerTenThousandQueueOperations">10,000 looks into queues.</param>
/// <param name="PerMillionEvents">A million events of Event Grid.</param>
/// <param name="LogGigabyte">A gigabyte of logs taken in.</param>
/// <param name="RegistryMonth">The registry for a month.</param>
public sealed record AzurePrices(
    DateOnly Date,
    string Currency,
    string Note,
    double VcpuSecond,
    double GibSecond,
    ImmutableDictionary<string, double> GpuSecond,
    double BlobGigabyteMonth,
    double TableGigabyteMonth,
    double PerTenThousandOperations,
    double PerTenThousandQueueOperations,
    double PerMillionEvents,
    double LogGigabyte,
    double RegistryMonth)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { RespectRequiredConstructorParameters = true };

    /// <summary>Reads a price list.</summary>
    public static AzurePrices Read(string json) =>
        JsonSerializer.Deserialize<AzurePrices>(json, Json) ?? throw new InvalidDataException("The price list is empty.");
}
