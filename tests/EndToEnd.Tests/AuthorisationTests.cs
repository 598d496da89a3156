using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Every route with every role, behind the platform's sign-in. What is expected is the table in docs/security.md.</summary>
public sealed partial class AuthorisationTests(SignedInLine signedIn) : IClassFixture<SignedInLine>
{
    private const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL";
    private static readonly string[] Roles = ["reader", "reviewer", "admin"];

    private readonly Line line = signedIn.Line;

    [Fact]
    public async Task Each_route_has_a_role_and_the_table_has_no_other_route()
    {
        var documented = await DocumentedAsync();

        Assert.Equal(await RoutesAsync(), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(documented.Values, role => Assert.Contains(role, Roles.Append("anyone")));
    }

    [Fact]
    public async Task Whoever_has_not_signed_in_is_told_so_by_every_route_but_the_probes()
    {
        foreach (var (route, role) in await DocumentedAsync())
        {
            using var answer = await SendAsync(route, null);

            Assert.True(role == "anyone" == answer.StatusCode is not HttpStatusCode.Unauthorized, $"{route}: {answer.StatusCode}");
            if (role != "anyone")
            {
                Assert.Equal("urn:idcfunctions:not-signed-in", await ProblemTypeAsync(answer));
            }
        }
    }

    [Fact]
    public async Task Every_route_refuses_each_lesser_role_and_takes_the_others()
    {
        foreach (var (route, least) in (await DocumentedAsync()).Where(pair => pair.Value != "anyone"))
        {
            foreach (var role in Roles)
            {
                using var answer = await SendAsync(route, Principal(role));

                if (Array.IndexOf(Roles, role) < Array.IndexOf(Roles, least))
                {
                    Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{route} as {role}: {answer.StatusCode}");
                    Assert.Equal("urn:idcfunctions:role-missing", await ProblemTypeAsync(answer));
                }
                else
                {
                    Assert.False(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError, $"{route} as {role}: {answer.StatusCode}");
                }
            }
        }
    }

    [Fact]
    public async Task A_role_that_is_none_of_ours_opens_no_route()
    {
        foreach (var role in (string[])["owner", "Admin", "", "admin "])
        {
            using var answer = await SendAsync("GET /api/slides", Principal(role));

            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("not Base64")]
    [InlineData("bm8ganNvbg==")]
    [InlineData("e30=")]
    [InlineData("bnVsbA==")]
    public async Task A_principal_that_the_platform_would_not_write_has_not_signed_in(string header)
    {
        using var answer = await SendAsync("GET /api/slides", header);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("TileSlide")]
    [InlineData("ScoreBatch")]
    [InlineData("CompleteSlide")]
    [InlineData("SweepRuns")]
    [InlineData("FailPoisonedUpload")]
    [InlineData("FailPoisonedBatch")]
    [InlineData("FailPoisonedCompletion")]
    public async Task No_client_reaches_a_functions_own_route_through_the_host(string function)
    {
        using var plain = await SendAsync($"POST /{function}", Principal("admin"));
        using var disguised = await SendAsync($"POST /{function}", Principal("admin"), $"127.0.0.1:{line.Host.Handler.Port}");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (plain.StatusCode, disguised.StatusCode));
        Assert.Equal("urn:idcfunctions:role-missing", await ProblemTypeAsync(plain));
    }

    [Fact]
    public async Task An_unknown_path_is_not_found_by_those_who_signed_in_and_tells_others_nothing()
    {
        using var known = await SendAsync("GET /api/nothing", Principal("reader"));
        using var unknown = await SendAsync("GET /api/nothing", null);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task A_long_export_is_read_from_storage_at_a_signed_address()
    {
        const string Name = "long.tif";
        await using var cutting = await Line.StartAsync(new LineOptions { Settings = new LineOptions().Settings.SetItem("Exports__MostDirectBytes", "0") });
        await cutting.DropAsync(Name, SyntheticSlide.OfTissue(600, 500, 4, 7).ToLibvipsPyramid(4));
        await cutting.WaitForAsync(Name, "Complete");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = cutting.Api.BaseAddress };

        using var redirect = await client.GetAsync($"{Line.SlidePath(Name)}/exports/patches.csv", TestContext.Current.CancellationToken);
        var direct = await cutting.GetExportAsync(Name, "patches.csv");

        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        Assert.Equal(cutting.Blobs.Uri.Authority, redirect.Headers.Location!.Authority);
        Assert.StartsWith("minx,", Encoding.UTF8.GetString(direct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_app_answers_nobody_who_comes_by_another_name()
    {
        await using var open = await Line.StartAsync(new LineOptions { WatchesUploads = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(open.Api.BaseAddress!, "api/slides")) { Headers = { Host = "rebound.example" } };

        using var answer = await open.Api.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, "urn:idcfunctions:not-signed-in"), (answer.StatusCode, await ProblemTypeAsync(answer)));
    }

    private async Task<string[]> RoutesAsync()
    {
        using var answer = await SendAsync("GET /openapi/v1.json", Principal("reader"));
        using var description = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return
        [
            .. description.RootElement.GetProperty("paths").EnumerateObject()
                .SelectMany(path => path.Value.EnumerateObject(), (path, method) => $"{method.Name.ToUpperInvariant()} {path.Name}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static async Task<Dictionary<string, string>> DocumentedAsync()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md"), TestContext.Current.CancellationToken);
        var routes = RouteRow().Matches(text).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        Assert.NotEmpty(routes);
        return routes;
    }

    /// <summary>Sends a request whose ids name nothing: what is allowed finds nothing, and changes nothing.</summary>
    private async Task<HttpResponseMessage> SendAsync(string route, string? principal, string? host = null)
    {
        var (method, path) = (route.Split(' ')[0], Placeholder().Replace(route.Split(' ')[1], "absent"));
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(line.Api.BaseAddress!, path));
        if (method is "POST" or "PUT")
        {
            // Of the type that the route takes: routing refuses another before anybody asks for the role.
            request.Content = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new(path.EndsWith("/mask", StringComparison.Ordinal) ? "image/png" : "application/json") } };
        }

        if (principal is not null)
        {
            request.Headers.TryAddWithoutValidation(PrincipalHeader, principal);
        }

        request.Headers.Host = host;
        return await line.Api.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>What the platform's built-in authentication writes for a signed-in user of Entra ID.</summary>
    private static string Principal(string role) => Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""
        {"auth_typ":"aad","name_typ":"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name","role_typ":"http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
         "claims":[{"typ":"name","val":"A Reviewer"},{"typ":"roles","val":"{{role}}"}]}
        """));

    private static async Task<string?> ProblemTypeAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return problem.RootElement.GetProperty("type").GetString();
    }

    [GeneratedRegex(@"^\| `([A-Z]+ [^`]+)` \| (\w+) \|$", RegexOptions.Multiline)]
    private static partial Regex RouteRow();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Placeholder();
}
