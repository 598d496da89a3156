using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace IdcFunctions.Fixtures;

/// <summary>
/// Refuses, as Azure does and the emulator does not, what the roles of docs/security.md do not allow the identity whose
/// token a request bears. Requests without a token are storage's own matter: signed addresses.
/// </summary>
/// <param name="roles">The roles.</param>
/// <param name="serviceOf">What a port serves: <c>blob</c>, <c>queue</c> or <c>table</c>.</param>
internal sealed partial class RoleGuard(IReadOnlyList<DocumentedRole> roles, IReadOnlyDictionary<int, string> serviceOf)
{
    private const string Bearer = "Bearer ";

    private readonly ConcurrentQueue<string> refusals = [];

    /// <summary>What was refused: identity, method and address.</summary>
    public IReadOnlyCollection<string> Refusals => refusals;

    /// <summary>Answers a request that no role allows.</summary>
    /// <returns>True where it has.</returns>
    public async Task<bool> RefusesAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.ToString() is not { } authorization || !authorization.StartsWith(Bearer, StringComparison.Ordinal))
        {
            return false;
        }

        using var claims = JsonDocument.Parse(WebEncoders.Base64UrlDecode(authorization[Bearer.Length..].Split('.')[1]));
        var principal = claims.RootElement.GetProperty("appid").GetString()!;
        var needs = serviceOf[context.Connection.LocalPort] switch
        {
            "blob" => [OfBlobs(context.Request)],
            "queue" => [OfQueues(context.Request)],
            _ => await OfTablesAsync(context.Request),
        };
        if (needs.All(need => roles.Any(role => role.Principal == principal && role.Kind == need.Kind && role.Name == need.Name && need.Roles.Contains(role.Role))))
        {
            return false;
        }

        refusals.Enqueue($"{principal}: {context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.Headers["x-ms-error-code"] = "AuthorizationPermissionMismatch";
        return true;
    }

    private static string[] Names(HttpRequest request) => request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)[1..];

    private static Need OfBlobs(HttpRequest request) =>
        Names(request) switch
        {
            [] when request.Query["comp"] == "userdelegationkey" => new("account", "slides' account", ["Storage Blob Delegator"]),
            [] => new("account", "slides' account", []),

            // The template makes the containers; no program does.
            [var container] when !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) => new("container", container, []),
            [var container, ..] when HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) => new("container", container, ["Storage Blob Data Reader", "Storage Blob Data Contributor"]),
            [var container, ..] => new("container", container, ["Storage Blob Data Contributor"]),
        };

    private static Need OfQueues(HttpRequest request) =>
        (request.Method, Names(request)) switch
        {
            ("GET" or "HEAD", [var queue]) => new("queue", queue, ["Storage Queue Data Reader", "Storage Queue Data Contributor"]),
            ("GET", [var queue, "messages"]) when request.Query["peekonly"] == "true" => new("queue", queue, ["Storage Queue Data Reader", "Storage Queue Data Contributor"]),
            ("POST", [var queue, "messages"]) => new("queue", queue, ["Storage Queue Data Message Sender", "Storage Queue Data Contributor"]),
            (_, [var queue, "messages", ..]) => new("queue", queue, ["Storage Queue Data Contributor"]),
            (_, [var queue]) => new("queue", queue, []),
            _ => new("account", "slides' account", []),
        };

    private static async Task<Need[]> OfTablesAsync(HttpRequest request)
    {
        if (Names(request) is not ["$batch"])
        {
            return [OfTable(Names(request)[0].Split('(')[0])];
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var changes = ChangeOfTable().Matches(await reader.ReadToEndAsync(request.HttpContext.RequestAborted));
        request.Body.Position = 0;
        return changes.Count > 0 ? [.. changes.Select(change => change.Groups[1].Value).Distinct().Select(OfTable)] : throw new InvalidDataException("A transaction names no table.");
    }

    private static Need OfTable(string name) => new("table", name, ["Storage Table Data Contributor"]);

    [GeneratedRegex(@"^(?:GET|PUT|POST|PATCH|MERGE|DELETE) https://[^/]+/[^/]+/(\w+)", RegexOptions.Multiline)]
    private static partial Regex ChangeOfTable();

    /// <summary>What a request needs.</summary>
    /// <param name="Kind">Kind of what it is about.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Roles">The roles on it of which each allows the request; none where no role of ours is to.</param>
    private sealed record Need(string Kind, string Name, string[] Roles);
}
