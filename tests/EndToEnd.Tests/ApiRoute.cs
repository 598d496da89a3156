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
        ["POST /api/datasets"] = """{"name":"new","file":"patches.zip","length":1}""",
        ["POST /api/training-runs"] = """{"dataset":"set","modelVersion":"9.0.0"}""",
        ["PUT /api/slides/{slide}/corrections"] = """{"by":"Dr Reviewer","items":[]}""",
    };

    /// <summary>Its method and path.</summary>
    public string Name => $"{Method} {Path}";

    /// <summary>True where it changes something.</summary>
    public bool Changes => Method != "GET";

    /// <summary>False for the probes, which have no limits.</summary>
    public bool IsOfApi => Path.StartsWith("/api/", StringComparison.Ordinal);

    /// <summary>True where it is about a slide.</summary>
    public bool IsOfSlide => Path.Contains("{slide}", StringComparison.Ordinal);

    /// <summary>True where it takes a picture.</summary>
    public bool TakesPicture => Name is "POST /api/predict" or "PUT /api/slides/{slide}/mask";

    /// <summary>Ids that name nothing, but of a slide.</summary>
    public static Func<string, string> Wrong(string slide) =>
        parameter => parameter switch { "slide" => slide, "level" => "99", "tile" => "0_0", "patch" => "99999-00000", "file" => "patches.csv", "dataset" => "-none", _ => "none" };

    /// <summary>The routes that are described.</summary>
    public static async Task<List<ApiRoute>> AllAsync(HttpClient api)
    {
        using var description = JsonDocument.Parse(await api.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken));
        return [.. from path in description.RootElement.GetProperty("paths").EnumerateObject()
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
