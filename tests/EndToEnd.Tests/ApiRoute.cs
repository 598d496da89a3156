using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A route as the API's description tells it, and requests to it.</summary>
/// <param name="Method">The method in capitals.</param>
/// <param name="Path">The path with its parameters in braces.</param>
/// <param name="Statuses">The statuses that it answers with.</param>
internal sealed partial record ApiRoute(string Method, string Path, IReadOnlyList<string> Statuses)
{
    /// <summary>A JSON body that each route with one can read.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /api/uploads"] = """{"name":"new.tif","length":1}""",
        ["POST /api/rescores"] = """{"slides":[]}""",
        ["PUT /api/slides/{slide}/corrections"] = """{"by":"Dr Reviewer","items":[]}""",
    };

    /// <summary>Its method and path.</summary>
    public string Name => $"{Method} {Path}";

    /// <summary>True where it changes something.</summary>
    public bool Changes => Method != "GET";

    /// <summary>The routes that are described, but those of training, which have tests of their own.</summary>
    public static async Task<List<ApiRoute>> AllAsync(HttpClient api)
    {
        using var description = JsonDocument.Parse(await api.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken));
        return [.. from path in description.RootElement.GetProperty("paths").EnumerateObject()
                   where !path.Name.StartsWith("/api/training", StringComparison.Ordinal) && !path.Name.StartsWith("/api/datasets", StringComparison.Ordinal)
                   from method in path.Value.EnumerateObject()
                   select new ApiRoute(method.Name.ToUpperInvariant(), path.Name, [.. method.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name)])];
    }

    /// <summary>A request to it.</summary>
    /// <param name="site">The app's address.</param>
    /// <param name="fill">What stands for a parameter.</param>
    /// <param name="query">A query with its question mark, or nothing.</param>
    /// <param name="body">A body; null for one that can be read.</param>
    public HttpRequestMessage Request(Uri site, Func<string, string> fill, string query = "", byte[]? body = null)
    {
        var address = Parameter().Replace(Path, match => fill(match.Groups[1].Value)) + query;
        var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(site.GetLeftPart(UriPartial.Authority) + address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        var json = Bodies.GetValueOrDefault(Name);
        if (body is not null || json is not null)
        {
            request.Content = new ByteArrayContent(body ?? Encoding.UTF8.GetBytes(json!)) { Headers = { ContentType = new MediaTypeHeaderValue(json is null ? "image/png" : "application/json") } };
        }

        return request;
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
