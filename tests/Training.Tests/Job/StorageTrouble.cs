using Azure;
using Azure.Identity;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>What the storage clients throw when something on the way to the account, or the sign-in, does not answer.</summary>
internal static class StorageTrouble
{
    /// <summary>Each kind by a name.</summary>
    public static TheoryData<string> Kinds { get; } = ["an error", "several tries", "its own time limit", "the sign-in", "the network"];

    /// <summary>The exception.</summary>
    public static Exception Of(string kind) => kind switch
    {
        "an error" => new RequestFailedException(503, "busy", "ServerBusy", null),
        "several tries" => new AggregateException(new RequestFailedException(503, "busy")),
        "its own time limit" => new TaskCanceledException("100 seconds"),
        "the sign-in" => new AuthenticationFailedException("no token"),
        "the network" => new HttpRequestException("reset"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
