using System.Globalization;

namespace IdcFunctions.Bench.Chaos;

/// <summary>What was done to a trial.</summary>
/// <param name="HandlerKills">Handlers killed.</param>
/// <param name="HostKills">Hosts killed.</param>
/// <param name="Messages">Messages sent by the app and by the stand-in for Event Grid, doubles included.</param>
/// <param name="Doubled">Messages sent a second time.</param>
/// <param name="Late">Messages that came late, and so after others that were sent after them.</param>
/// <param name="FailedRequests">Storage requests that were answered 429, 500 or 503, or not at all.</param>
/// <param name="RetriedSlides">Slides that failed since their message was delivered too often, and were retried over the API.</param>
public sealed record ChaosCounts(int HandlerKills = 0, int HostKills = 0, int Messages = 0, int Doubled = 0, int Late = 0, int FailedRequests = 0, int RetriedSlides = 0)
{
    /// <summary>Both added up.</summary>
    public ChaosCounts Plus(ChaosCounts other) => new(
        HandlerKills + other.HandlerKills,
        HostKills + other.HostKills,
        Messages + other.Messages,
        Doubled + other.Doubled,
        Late + other.Late,
        FailedRequests + other.FailedRequests,
        RetriedSlides + other.RetriedSlides);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{HandlerKills} | {HostKills} | {Messages} | {Doubled} | {Late} | {FailedRequests} | {RetriedSlides}");
}
