using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions.Hosting;

/// <summary>
/// How much the API takes of one client, and at once; section <c>Requests</c>. Beyond it the answer is 429 with
/// Retry-After, or 413.
/// </summary>
public sealed class RequestLimits
{
    /// <summary>
    /// Requests a minute that change something, of one client's address. Default 1,200: a drop of many small slides asks
    /// for twenty addresses a second at most.
    /// </summary>
    [Range(1, 1_000_000)]
    public int ChangesPerMinute { get; set; } = 1200;

    /// <summary>
    /// Requests a minute that read, of one client's address. Default 60,000: twenty viewers behind one address, who pan
    /// all the time.
    /// </summary>
    [Range(1, 10_000_000)]
    public int ReadsPerMinute { get; set; } = 60_000;

    /// <summary>Pictures predicted at once, of all clients. Default 2: each decodes and scores on all cores.</summary>
    [Range(1, 64)]
    public int PredictionsAtOnce { get; set; } = 2;

    /// <summary>Pictures that wait for their turn to be predicted. Default 16; each is held in memory.</summary>
    [Range(0, 1000)]
    public int PredictionsWaiting { get; set; } = 16;

    /// <summary>Longest body in KiB of a request that sends no picture. Default 4,096: the corrections of 20,000 patches take 1,300.</summary>
    [Range(1, 100 * 1024)]
    public int JsonKibibytes { get; set; } = 4096;
}
