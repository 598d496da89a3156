using System.Collections.Immutable;
using System.Net;
using System.Text;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using NetVips;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Every route that the API's description tells of: its success, each of its problems, hostile ids, limits.</summary>
public sealed class RoutesTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private const string Name = "routes.tif";
    private const string Bad = "bad.tif";
    private const string Gone = "gone.tif";
    private const string Absent = "absent.tif";

    private static readonly string[] HostileIds =
    [
        "..%2F..%2Fsecrets", "..%5C..%5Csecrets", "%00", "~00", "a~00.tif", "~", "a~2g", "~2E~2E", "~2E~2E~2Fb", "a~2F~2E~2E~2Fb", "%C3%A9", "~C3~A9", "~E2~80~AE", "~F0~9F~92~80", "~FF", "%FF",
        "a%5Cb", "'%20or%201%20eq%201", "%22", "%3Cscript%3E", "a%0D%0Ab", "%7B%7B7*7%7D%7D", "-1", "1e999", new string('a', 1500), new string('a', 160) + "~h0123456789abcdef",
    ];

    private readonly Line line = shared.Line;

    [Fact]
    public async Task Every_route_succeeds_as_it_is_described()
    {
        await PrepareAsync();
        var routes = await ApiRoute.AllAsync(line.Api);
        var (patch, run) = await PlacesAsync();
        var tried = new List<string>();
        foreach (var route in routes.OrderBy(route => Order(route.Name)))
        {
            using var request = route.Request(
                line.Api.BaseAddress!,
                parameter => parameter switch
                {
                    "slide" => route.Path.EndsWith("/retry", StringComparison.Ordinal) ? Bad : route.Path.EndsWith("/restore", StringComparison.Ordinal) ? Gone : Name,
                    "file" => "patches.csv",
                    "patch" => patch,
                    "level" => "8",
                    "tile" => "0_0",
                    "name" => "toy",
                    "version" => "1.0.0",
                    _ => throw new InvalidOperationException($"{route.Name}: nothing stands for {{{parameter}}}."),
                },
                route.Path.EndsWith("/compare", StringComparison.Ordinal) ? "?with=1.0.0" : route.Path.EndsWith("/grid", StringComparison.Ordinal) ? $"?run={run}" : "",
                route.Path switch { "/api/predict" => Uniform(50, 50), "/api/slides/{slide}/mask" when route.Method == "PUT" => Uniform(60, 50), _ => null });
            using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.True(answer.IsSuccessStatusCode, $"{route.Name}: {answer.StatusCode} {text}");
            Assert.Contains(((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), route.Statuses);
            tried.Add(route.Name);
        }

        Assert.Equal(routes.Count, tried.Count);

        // The other tests find the slides as they were.
        using (await line.PostAsync(Name, "restore"))
        {
        }

        await line.WaitUntilIdleAsync();
        await line.WaitForAsync(Name, nameof(RunState.Complete));
        await line.WaitForAsync(Bad, nameof(RunState.Failed));

        // What makes a new run comes last, what takes the slide away after all.
        static int Order(string name) => name switch { "DELETE /api/slides/{slide}" => 3, "DELETE /api/slides/{slide}/mask" => 2, _ when name.EndsWith("/mask", StringComparison.Ordinal) || name.EndsWith("/rescore", StringComparison.Ordinal) => 1, _ => 0 };
    }

    [Fact]
    public async Task Every_route_of_a_slide_says_that_there_is_no_such_slide()
    {
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Path.Contains("{slide}", StringComparison.Ordinal)))
        {
            using var request = route.Request(line.Api.BaseAddress!, Fill(Absent), route.Path.EndsWith("/compare", StringComparison.Ordinal) ? "?with=1" : "", route.Name == "PUT /api/slides/{slide}/mask" ? Uniform(50, 50) : null);
            using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

            await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "slide-not-found");
        }
    }

    [Fact]
    public async Task Every_route_that_can_says_that_the_slide_is_deleted()
    {
        await PrepareAsync();
        var tried = 0;
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Path.Contains("{slide}", StringComparison.Ordinal) && route.Statuses.Contains("410")))
        {
            using (await line.Api.DeleteAsync(Line.SlidePath(Gone), TestContext.Current.CancellationToken))
            {
            }

            using var request = route.Request(line.Api.BaseAddress!, Fill(Gone), route.Path.EndsWith("/compare", StringComparison.Ordinal) ? "?with=1" : "", route.Name == "PUT /api/slides/{slide}/mask" ? Uniform(50, 50) : null);
            using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

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
            using var request = route.Request(line.Api.BaseAddress!, Fill(Name));
            using var answer = await foreign.SendAsync(request, TestContext.Current.CancellationToken);

            await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "header-missing");
        }
    }

    [Theory]
    [InlineData("GET /api/slides", "?top=0", 400, "invalid-parameter")]
    [InlineData("GET /api/slides", "?order=oldest", 400, "invalid-parameter")]
    [InlineData("GET /api/slides", "?status=Lost", 400, "invalid-parameter")]
    [InlineData("GET /api/slides", "?continuation=%00", 400, "invalid-parameter")]
    [InlineData("GET /api/slides", "?prefix=%00'", 400, "invalid-parameter")]
    [InlineData("GET /api/corrections/export", "?prefix=..%2F..%2F%00", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/compare", "", 400, "bad-request")]
    [InlineData("GET /api/slides/{slide}/compare", "?with=9.0.0", 404, "not-found")]
    [InlineData("GET /api/slides/{slide}/regions", "?top=0", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/uncertain", "?top=1001", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/patches", "?minProbability=2", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/patches", "?bbox=1,2,3", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/patches", "?continuation=0123456789abcdef.00000-00001", 410, "run-superseded")]
    [InlineData("GET /api/slides/{slide}/patches/{patch}", "", 404, "patch-not-found")]
    [InlineData("PUT /api/slides/{slide}/mask", "", 400, "invalid-parameter", "no png")]
    [InlineData("GET /api/slides/{slide}/deepzoom_files/{level}/{tile}.jpeg", "", 404, "not-found")]
    [InlineData("GET /api/slides/{slide}/grid", "?run=x", 400, "invalid-parameter")]
    [InlineData("GET /api/slides/{slide}/grid", "?run=0123456789abcdef", 404, "not-found")]
    [InlineData("POST /api/slides/{slide}/retry", "", 409, "not-failed")]
    [InlineData("POST /api/rescores", "", 400, "invalid-parameter", "{}")]
    [InlineData("POST /api/rescores", "", 400, "bad-request", "{")]
    [InlineData("POST /api/uploads", "", 400, "invalid-parameter", """{"name":"a/../b.svs","length":1}""")]
    [InlineData("POST /api/uploads", "", 400, "invalid-parameter", """{"name":"a\u0000b.svs","length":1}""")]
    [InlineData("POST /api/uploads", "", 400, "invalid-parameter", """{"name":"a.svs","length":0}""")]
    [InlineData("POST /api/uploads", "", 400, "bad-request", """{"name":"a.svs"}""")]
    [InlineData("POST /api/uploads", "", 409, "slide-exists", """{"name":"routes.tif","length":1}""")]
    [InlineData("POST /api/predict", "?umPerPixel=x", 400, "invalid-parameter", "x")]
    [InlineData("POST /api/predict", "", 400, "invalid-parameter", "")]
    [InlineData("POST /api/predict", "?umPerPixel=1", 422, "format-unknown", "no picture")]
    [InlineData("PUT /api/slides/{slide}/corrections", "", 400, "invalid-parameter", """{"by":"","items":[]}""")]
    [InlineData("PUT /api/slides/{slide}/corrections", "", 400, "invalid-parameter", """{"by":"A","items":[{"row":999,"column":0,"label":"Idc"}]}""")]
    [InlineData("PUT /api/slides/{slide}/corrections", "", 400, "bad-request", """{"by":"A","items":[{"row":1,"column":0,"label":"Maybe"}]}""")]
    [InlineData("GET /api/models/{name}/{version}", "", 404, "not-found")]
    [InlineData("POST /api/models/{name}/{version}/activate", "", 409, "model-refused")]
    public async Task What_is_wrong_with_a_request_is_a_problem_with_its_own_type(string name, string query, int status, string type, string? body = null)
    {
        await PrepareAsync();
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, Fill(Name), query, body is null ? null : Encoding.UTF8.GetBytes(body));
        using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

        await Problem.AssertAsync(answer, (HttpStatusCode)status, type);
    }

    [Theory]
    [InlineData("slides?order=newest&continuation='%20or%20''='")]
    [InlineData("slides?search=%27%20or%201%20eq%201")]
    [InlineData("slides?search=%F0%9F%92%80%E2%80%AE")]
    [InlineData("slides?top=99999999999")]
    [InlineData("slides/routes.tif/patches?bbox=1e999,NaN,-1,0")]
    [InlineData("slides/routes.tif/patches?minProbability=NaN")]
    [InlineData("slides/routes.tif/compare?with=%00'")]
    public async Task An_odd_query_is_no_error_of_the_app(string path)
    {
        await PrepareAsync();

        using var answer = await line.Api.GetAsync($"api/{path}", TestContext.Current.CancellationToken);

        Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
    }

    [Theory]
    [InlineData("GET /api/slides/{slide}/patches", 404, "no-result")]
    [InlineData("GET /api/slides/{slide}/grid", 404, "no-result")]
    [InlineData("GET /api/slides/{slide}/runs", 404, "no-result")]
    [InlineData("GET /api/slides/{slide}/mask", 404, "no-result")]
    [InlineData("PUT /api/slides/{slide}/corrections", 404, "no-result")]
    [InlineData("GET /api/slides/{slide}/deepzoom.dzi", 422, "format-unknown")]
    [InlineData("GET /api/slides/{slide}/thumbnail.jpeg", 422, "format-unknown")]
    public async Task A_slide_that_failed_has_no_result_and_no_view(string name, int status, string type)
    {
        await PrepareAsync();
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, Fill(Bad));
        using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

        await Problem.AssertAsync(answer, (HttpStatusCode)status, type);
    }

    [Theory]
    [InlineData("POST /api/uploads", 5)]
    [InlineData("PUT /api/slides/{slide}/corrections", 5)]
    [InlineData("PUT /api/slides/{slide}/mask", 33)]
    [InlineData("POST /api/predict", 33)]
    public async Task A_body_that_is_too_long_is_told_so(string name, int mebibytes)
    {
        await PrepareAsync();
        var route = Assert.Single(await ApiRoute.AllAsync(line.Api), route => route.Name == name);

        using var request = route.Request(line.Api.BaseAddress!, Fill(Name), "", [.. Encoding.UTF8.GetBytes("\""), .. Enumerable.Repeat((byte)'a', mebibytes << 20)]);
        using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);

        await Problem.AssertAsync(answer, HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Fact]
    public async Task Every_route_answers_hostile_ids_with_a_problem()
    {
        await PrepareAsync();
        foreach (var route in (await ApiRoute.AllAsync(line.Api)).Where(route => route.Path.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var id in HostileIds)
            {
                // Each parameter by itself, so that the ones behind it are reached, and all together.
                foreach (var hostile in new[] { "slide", "file", "patch", "level", "tile", "name", "version", "all" }.Where(one => one == "all" || route.Path.Contains($"{{{one}}}", StringComparison.Ordinal)))
                {
                    using var request = route.Request(line.Api.BaseAddress!, parameter => parameter == hostile || hostile == "all" ? id : parameter switch { "slide" => Name, "level" => "8", "tile" => "0_0", "name" => "toy", "version" => "1.0.0", _ => "x" });
                    using var answer = await line.Api.SendAsync(request, TestContext.Current.CancellationToken);
                    Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{request.Method} {request.RequestUri}: {answer.StatusCode}");

                    // A path that HTTP itself does not take never reaches the app.
                    Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json" || answer.Content.Headers.ContentLength == 0, $"{request.Method} {request.RequestUri}: {answer.Content.Headers.ContentType}");
                }
            }
        }
    }

    [Fact]
    public async Task A_client_that_asks_too_often_is_told_when_to_come_again()
    {
        await using var limited = await Line.StartAsync(new LineOptions { Settings = ImmutableDictionary<string, string>.Empty.Add("Requests__ChangesPerMinute", "3").Add("Requests__ReadsPerMinute", "3") });
        var routes = await ApiRoute.AllAsync(limited.Api);

        foreach (var name in new[] { "POST /api/uploads", "GET /api/models" })
        {
            var route = Assert.Single(routes, route => route.Name == name);
            for (var i = 0; i < 3; i++)
            {
                using var allowed = await SendAsync(route, "192.0.2.1");
                Assert.True(allowed.IsSuccessStatusCode);
            }

            using var refused = await SendAsync(route, "192.0.2.1");
            using var other = await SendAsync(route, "192.0.2.2");

            await Problem.AssertAsync(refused, HttpStatusCode.TooManyRequests, "too-many-requests");
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
            Assert.True(other.IsSuccessStatusCode, "another client has a count of its own");
        }

        async Task<HttpResponseMessage> SendAsync(ApiRoute route, string client)
        {
            using var request = route.Request(limited.Api.BaseAddress!, Fill(Name));
            request.Headers.Add("X-Forwarded-For", client);
            return await limited.Api.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    private static Func<string, string> Fill(string slide) => parameter => parameter switch { "slide" => slide, "level" => "99", "tile" => "0_0", "patch" => "99999-00000", "file" => "patches.csv", _ => "none" };

    /// <summary>One slide with runs of two models, one that failed, one that is or was deleted.</summary>
    private async Task PrepareAsync()
    {
        if (await line.FindAsync(Name) is not null)
        {
            return;
        }

        var slide = SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4);
        await line.DropAsync(Name, slide);
        await line.DropAsync(Gone, slide);
        await line.DropAsync(Bad, "no slide"u8.ToArray());
        await line.WaitForAsync(Name, nameof(RunState.Complete));
        await line.WaitForAsync(Gone, nameof(RunState.Complete));
        await line.WaitForAsync(Bad, nameof(RunState.Failed));
        var model = new ToyModel("2.0.0", slope: -12);
        await model.PublishAsync(line.ConnectionString, TestContext.Current.CancellationToken);
        await model.ActivateAsync(line.ConnectionString, TestContext.Current.CancellationToken);
        var before = (await line.FindAsync(Name))!.Value.GetProperty("run").GetString();
        using (await line.PostAsync(Name, "rescore"))
        {
        }

        await Eventually.HoldsAsync(() => line.Log, async () =>
            await line.FindAsync(Name) is { } answer && answer.GetProperty("status").GetString() == nameof(RunState.Complete) && answer.GetProperty("run").GetString() != before && answer.GetProperty("model").GetString() == "toy 2.0.0");
        await line.WaitUntilIdleAsync();
    }

    private async Task<(string Patch, string Run)> PlacesAsync()
    {
        var csv = Encoding.UTF8.GetString(await line.GetExportAsync(Name, "patches.csv")).Split('\n')[1].Split(',');
        return ($"{csv[5].PadLeft(5, '0')}-{csv[6].PadLeft(5, '0')}", (await line.FindAsync(Name))!.Value.GetProperty("run").GetString()!);
    }

    private static byte[] Uniform(int width, int height)
    {
        using var image = Image.Black(width, height, 3).Linear([1, 1, 1], [200, 60, 120], uchar: true).Copy(interpretation: Enums.Interpretation.Srgb);
        return image.PngsaveBuffer();
    }
}
