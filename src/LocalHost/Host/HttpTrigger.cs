using System.Collections.Immutable;

namespace IdcFunctions.LocalHost.Host;

/// <summary>A function behind a route.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Route">The route with the host's prefix, in ASP.NET Core's syntax, which is the Functions host's.</param>
/// <param name="Methods">The methods it takes, upper case.</param>
public sealed record HttpTrigger(string Function, string Route, ImmutableArray<string> Methods)
{
    private static readonly ImmutableArray<string> AllMethods = ["GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS"];

    /// <summary>Reads the trigger.</summary>
    public static HttpTrigger Read(TriggerBinding binding, string prefix)
    {
        var route = binding.Json.TryGetProperty("route", out var given) ? given.GetString()! : binding.Function;
        return new HttpTrigger(
            binding.Function,
            prefix.Length == 0 ? route : $"{prefix}/{route}",
            binding.Json.TryGetProperty("methods", out var methods)
                ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
                : AllMethods);
    }
}
