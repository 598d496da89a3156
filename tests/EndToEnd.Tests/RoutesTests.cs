using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Every route that the API's description tells of: its success, each of its problems, hostile ids, limits.</summary>
public sealed class RoutesTests(RoutesLine prepared) : IClassFixture<RoutesLine>
{
    private const string Absent = "absent.tif";

    private static readonly string[] HostileIds =
    [
        "..%2F..%2Fsecrets", "..%5C..%5Csecrets", "%00", "~00", "a~00.tif", "~", "a~2g", "~2E~2E", "~2E~2E~2Fb", "a~2F~2E~2E~2Fb", "%C3%A9", "~C3~A9", "~E2~80~AE", "~F0~9F~92~80", "~FF", "%FF",
        "a%5Cb", "'%20or%201%20eq%201", "%22", "%3Cscript%3E", "a%0D%0Ab", "%7B%7B7*7%7D%7D", "-1", "1e999", new string('a', 1500), new string('a', 160) + "~h0123456789abcdef",
    ];

    private readonly Line line = prepared.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_succeeds_as_it_is_described()
    {
        var (run, patch) = await prepared.PublishedAsync();
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).OrderBy(route => Order(route.Name)))
        {
            using var request = route.Request(
                line.Api.BaseAddress!,
                parameter => parameter switch
                {
                    "slide" => route.Path.EndsWith("/retry", StringComparison.Ordinal) ? RoutesLine.Bad : route.Path.EndsWith("/restore", StringComparison.Ordinal) ? RoutesLine.Gone : RoutesLine.Name,
                    "file" => route.IsOfSlide ? "patches.csv" : "report.html",
                    "patch" => patch,
                    _ => Right(parameter) ?? throw new InvalidOperationException($"{route.Name}: nothing stands for {{{parameter}}}."),
                },
                route.Path.EndsWith("/grid", StringComparison.Ordinal) ? $"?run={run}" : Query(route, "1.0.0"),
                route.Path switch { "/api/predict" => UniformPicture.Png(50, 50), "/api/slides/{slide}/mask" when route.Method == "PUT" => UniformPicture.Png(60, 50), _ => null });
            if (route.Name == "PUT /api/slides/{slide}/corrections")
            {
                using var read = await line.Api.GetAsync(request.RequestUri, Token);
                request.Headers.Add("If-Match", read.Headers.ETag!.ToString());
            }

            using var answer = await line.Api.SendAsync(request, Token);
            var text = await answer.Content.ReadAsStringAsync(Token);

            Assert.True(answer.IsSuccessStatusCode, $"{route.Name}: {answer.StatusCode} {text}");
            AssertDescribed(route, answer.StatusCode);
        }

        Assert.Empty(line.Keyless!.Refusals);

        // The other tests find the slides as they were; nobody trains here.
        await line.Queues.GetQueueClient(Queues.TrainingRuns).ClearMessagesAsync(Token);
        using var restored = await line.PostAsync(RoutesLine.Name, "restore");
        await line.WaitUntilIdleAsync();
        await line.WaitForAsync(RoutesLine.Name, nameof(RunState.Complete));
        await line.WaitForAsync(RoutesLine.Bad, nameof(RunState.Failed));

        // What makes a new run comes last, what takes the slide away after all.
        static int Order(string name) => name switch { "DELETE /api/slides/{slide}" => 3, "DELETE /api/slides/{slide}/mask" => 2, _ when name.EndsWith("/mask", StringComparison.Ordinal) || name.EndsWith("/rescore", StringComparison.Ordinal) => 1, _ => 0 };
    }

    [Fact]
    public async Task Every_problem_that_a_route_is_described_with_has_a_test_that_makes_it_happen()
    {
        var routes = await ApiRoute.AllAsync(line.Api);
        var requests = RouteFailures.OfRequests.Select(row => (Route: row.Data.Item1, Status: row.Data.Item3)).ToHashSet();
        var tested = requests
            .Concat(RouteFailures.OfFailedSlides.Select(row => (row.Data.Item1, row.Data.Item2)))
            .Concat(RouteFailures.Elsewhere.Select(failure => (failure.Route, failure.Status)))

            // The tests of this class that go over all routes.
            .Concat(routes.Where(route => route.IsOfSlide).SelectMany(route => new[] { (route.Name, 404), (route.Name, 410) }))
            .Concat(routes.Where(route => route.Changes).SelectMany(route => new[] { (route.Name, 400), (route.Name, 413) }))
            .Concat(routes.Where(route => route.IsOfApi).Select(route => (route.Name, 429)))
            .ToHashSet();

        var described = routes.SelectMany(route => route.Statuses, (route, status) => (route.Name, int.TryParse(status, CultureInfo.InvariantCulture, out var code) ? code : 0)).Where(one => one.Item2 >= 400).ToList();

        Assert.Equal([], described.Where(one => !tested.Contains(one)));
        Assert.Equal([], requests.Concat(RouteFailures.Elsewhere.Select(failure => (failure.Route, failure.Status))).Where(one => !described.Contains(one)));
    }

    [Fact]
    public async Task Every_route_refuses_a_method_that_its_path_does_not_take()
    {
        // Of the probes the host itself takes nothing but GET.
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.IsOfApi))
        {
            using var request = (route with { Method = "PATCH" }).Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name));
            using var answer = await line.Api.SendAsync(request, Token);

            await Problem.AssertAsync(answer, HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        }
    }

    [Fact]
    public async Task Every_route_of_a_slide_says_that_there_is_no_such_slide()
    {
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.IsOfSlide))
        {
            using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(Absent), Query(route, "1"), route.TakesPicture ? UniformPicture.Png(50, 50) : null);
            using var answer = await line.Api.SendAsync(request, Token);

            await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "slide-not-found");
            AssertDescribed(route, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_route_that_can_says_that_the_slide_is_deleted()
    {
        var tried = 0;
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.IsOfSlide && route.Statuses.Contains("410")))
        {
            using var deleted = await line.Api.DeleteAsync(Line.SlidePath(RoutesLine.Gone), Token);
            using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Gone), Query(route, "1"), route.TakesPicture ? UniformPicture.Png(50, 50) : null);
            using var answer = await line.Api.SendAsync(request, Token);

            await Problem.AssertAsync(answer, HttpStatusCode.Gone, "slide-deleted");
            tried++;
        }

        Assert.InRange(tried, 10, 40);
    }

    [Fact]
    public async Task Every_route_that_changes_something_needs_the_header()
    {
        using var foreign = new HttpClient { BaseAddress = line.Api.BaseAddress };
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Changes))
        {
            using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name));
            using var answer = await foreign.SendAsync(request, Token);

            await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "header-missing");
            AssertDescribed(route, answer.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(RouteFailures.OfRequests), MemberType = typeof(RouteFailures))]
    public async Task What_is_wrong_with_a_request_is_a_problem_with_its_own_type(string name, string query, int status, string type, string? body)
    {
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name), query, body is null ? null : Encoding.UTF8.GetBytes(body));
        using var answer = await line.Api.SendAsync(request, Token);

        var problem = await Problem.AssertAsync(answer, (HttpStatusCode)status, type);
        if (query.Contains('=', StringComparison.Ordinal) && type == "invalid-parameter")
        {
            Assert.StartsWith($"{query[1..query.IndexOf('=', StringComparison.Ordinal)]}: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(RouteFailures.OfFailedSlides), MemberType = typeof(RouteFailures))]
    public async Task A_slide_that_failed_has_no_result_and_no_view(string name, int status, string type)
    {
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Bad));
        using var answer = await line.Api.SendAsync(request, Token);

        await Problem.AssertAsync(answer, (HttpStatusCode)status, type);
    }

    [Theory]
    [InlineData("slides?order=newest&continuation='%20or%20''='")]
    [InlineData("slides?search=%27%20or%201%20eq%201")]
    [InlineData("slides?search=%F0%9F%92%80%E2%80%AE")]
    [InlineData("slides/routes.tif/patches?bbox=1e999,NaN,-1,0")]
    [InlineData("slides/routes.tif/patches?minProbability=NaN")]
    [InlineData("slides/routes.tif/compare?with=%00'")]
    [InlineData("network?width=2147483647&depth=-2147483648&denseUnits=0")]
    public async Task An_odd_query_is_no_error_of_the_app(string path)
    {
        using var answer = await line.Api.GetAsync($"api/{path}", Token);

        Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
    }

    [Theory]
    [InlineData("POST /api/rescores", """{"slides":[null,"~00","..\u0000",""]}""")]
    [InlineData("POST /api/rescores", """{"prefix":"\u0000'../"}""")]
    [InlineData("POST /api/rebuild", "{")]
    [InlineData("POST /api/datasets/{dataset}/intake", """{"dataset":"../other"}""")]
    [InlineData("POST /api/training-runs", """{"dataset":"set","modelVersion":"9.1.0","trainingCases":[null],"validationCases":["\u0000"],"options":{"epochs":1e9,"width":2147483647}}""")]
    public async Task An_odd_body_is_no_error_of_the_app(string name, string body)
    {
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name), "", Encoding.UTF8.GetBytes(body));
        using var answer = await line.Api.SendAsync(request, Token);

        Assert.True((int)answer.StatusCode < 500, $"{name}: {answer.StatusCode}");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("image/png")]
    [InlineData("text/plain")]
    public async Task Every_route_that_changes_something_refuses_a_body_that_is_too_long(string mediaType)
    {
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Changes))
        {
            // A picture's route says how long a picture may be once it is sent one.
            var mebibytes = route.TakesPicture && mediaType == "image/png" ? 33 : 5;
            using var request = route.Request(line.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name), "", [.. Encoding.UTF8.GetBytes("\""), .. Enumerable.Repeat((byte)'a', mebibytes << 20)]);
            request.Content!.Headers.ContentType = new(mediaType);
            using var answer = await line.Api.SendAsync(request, Token);

            await Problem.AssertAsync(answer, HttpStatusCode.RequestEntityTooLarge, "too-large");
        }
    }

    [Fact]
    public async Task Every_route_answers_hostile_ids_with_a_problem()
    {
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Path.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var id in HostileIds)
            {
                // Each parameter by itself, so that the ones behind it are reached, and all together.
                foreach (var hostile in new[] { "slide", "file", "patch", "level", "tile", "name", "version", "dataset", "run", "all" }.Where(one => one == "all" || route.Path.Contains($"{{{one}}}", StringComparison.Ordinal)))
                {
                    if (route.Path.Contains("{dataset}", StringComparison.Ordinal) && StoredName.IsValid(id))
                    {
                        // As good a name of a data set as any.
                        continue;
                    }

                    using var request = route.Request(line.Api.BaseAddress!, parameter => parameter == hostile || hostile == "all" ? id : parameter == "slide" ? RoutesLine.Name : Right(parameter) ?? "x");
                    using var answer = await line.Api.SendAsync(request, Token);
                    Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{request.Method} {request.RequestUri}: {answer.StatusCode}");

                    // A path that HTTP itself does not take never reaches the app.
                    Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json" || answer.Content.Headers.ContentLength == 0, $"{request.Method} {request.RequestUri}: {answer.Content.Headers.ContentType}");
                }
            }
        }
    }

    [Fact]
    public async Task A_client_that_asks_any_route_too_often_is_told_when_to_come_again()
    {
        await using var limited = await Line.StartAsync(new LineOptions { Settings = ImmutableDictionary<string, string>.Empty.Add("Requests__ChangesPerMinute", "1").Add("Requests__ReadsPerMinute", "1") });

        foreach (var (index, route) in (await ApiRoute.AllAsync(limited.Api)).Where(route => route.IsOfApi).Index())
        {
            // Each route has two clients of its own, who may ask once each.
            using var first = await SendAsync(route, $"192.0.2.{index}");
            using var refused = await SendAsync(route, $"192.0.2.{index}");
            using var other = await SendAsync(route, $"198.51.100.{index}");

            Assert.DoesNotContain(HttpStatusCode.TooManyRequests, new[] { first.StatusCode, other.StatusCode });

            await Problem.AssertAsync(refused, HttpStatusCode.TooManyRequests, "too-many-requests");
            AssertDescribed(route, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        }

        async Task<HttpResponseMessage> SendAsync(ApiRoute route, string client)
        {
            using var request = route.Request(limited.Api.BaseAddress!, ApiRoute.Wrong(RoutesLine.Name));
            request.Headers.Add("X-Forwarded-For", client);
            return await limited.Api.SendAsync(request, Token);
        }
    }

    private static string Query(ApiRoute route, string version) => route.Path.EndsWith("/compare", StringComparison.Ordinal) ? $"?with={version}" : "";

    /// <summary>What names something, where it is not a slide's.</summary>
    private static string? Right(string parameter) => parameter switch
    {
        "level" => "8",
        "tile" => "0_0",
        "name" => "toy",
        "version" => "1.0.0",
        "dataset" => RoutesLine.Dataset,
        "run" => RoutesLine.Training,
        _ => null,
    };

    private static void AssertDescribed(ApiRoute route, HttpStatusCode status) => Assert.Contains(((int)status).ToString(CultureInfo.InvariantCulture), route.Statuses);
}
