using System.Text;
using IdcFunctions.Fixtures;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>What arrives at the handler and at the client, byte for byte, against what the real host sent.</summary>
public sealed class RequestTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task The_readiness_probe_is_the_recorded_one_and_404_means_ready()
    {
        await using var handler = await RawHandler.StartAsync(new ScriptedApp(), azurite.ConnectionString);

        var recorded = HttpText.Recorded("readiness-probe.http");
        var probe = await handler.ReceivedAsync("GET");
        Assert.Equal(recorded.ComparableHead(), probe.ComparableHead());
        Assert.Equal($"127.0.0.1:{handler.Host.Handler.Port}", probe.Find("Host"));
    }

    [Fact]
    public async Task A_queue_call_has_the_recorded_line_and_headers()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "plain text é");
        await using var handler = await RawHandler.StartAsync(new ScriptedApp().WithQueue("qjson", queue.Name), azurite.ConnectionString);

        var recorded = HttpText.Recorded("queue-plain-text.http");
        var call = await handler.ReceivedAsync("POST");
        Assert.Equal(recorded.ComparableHead(), call.ComparableHead());
        Assert.StartsWith("""{"Data":{"msg":"\"plain text é\""},"Metadata":{"DequeueCount":"1","ExpirationTime":""", call.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forwarded_get_is_the_recorded_one()
    {
        await using var handler = await StartHttpAsync("api/fwd/{*path}", "get");

        await handler.SendAsync("""
            GET /api/fwd/a/b%2Fc/d%20e?x=1&x=2&y=%C3%A9+z&code=abc&empty= HTTP/1.1
            Host: 127.0.0.1:7171
            User-Agent: my-client/1.0
            Accept: */*
            X-Custom: v1
            X-Custom: v2
            Cookie: s=1; t=2
            """);

        var recorded = HttpText.Recorded("http-forwarded-get-query.http");
        var forwarded = handler.Requests.Last();
        Assert.Equal(recorded.ComparableHead(), forwarded.ComparableHead());
    }

    [Fact]
    public async Task A_forwarded_post_of_bytes_is_the_recorded_one()
    {
        await using var handler = await StartHttpAsync("api/fwd/{*path}", "post");
        var recorded = HttpText.Recorded("http-forwarded-post-binary.http");

        await handler.SendAsync(
            """
            POST /api/fwd/up HTTP/1.1
            Host: 127.0.0.1:7171
            User-Agent: curl/7.88.1
            Accept: */*
            Content-Type: application/octet-stream
            Content-Length: 300
            """,
            recorded.Body);

        var forwarded = handler.Requests.Last();
        Assert.Equal(recorded.ComparableHead(), forwarded.ComparableHead());
        Assert.Equal(recorded.Body, forwarded.Body);
        Assert.Equal(300, forwarded.Body.Length);
    }

    [Theory]
    [InlineData("POST /up HTTP/1.1\nHost: h\nTransfer-Encoding: chunked", "HTTP/1.1 500 Internal Server Error")]
    [InlineData("POST /up HTTP/1.1\nHost: h\nContent-Length: 104857601", "HTTP/1.1 500 Internal Server Error")]
    [InlineData("PATCH /up HTTP/1.1\nHost: h", "HTTP/1.1 404 Not Found")]
    [InlineData("GET /elsewhere HTTP/1.1\nHost: h", "HTTP/1.1 404 Not Found")]
    public async Task What_the_host_refuses_does_not_reach_the_handler(string head, string status)
    {
        await using var handler = await StartHttpAsync("up", "post", "get");

        var answer = await handler.SendAsync(head);

        Assert.Equal(status, answer.Line);
        Assert.Empty(answer.Body);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task A_path_that_looks_like_another_server_s_address_goes_to_the_handler()
    {
        await using var handler = await StartHttpAsync("{*path}", "get");

        await handler.SendAsync("GET //127.0.0.1:1/a/../b HTTP/1.1\nHost: h");

        Assert.Equal("GET //127.0.0.1:1/a/../b HTTP/1.1", handler.Requests.Last().Line);
    }

    [Fact]
    public async Task An_absolute_address_in_the_request_line_is_forwarded_by_its_path()
    {
        await using var handler = await StartHttpAsync("{*path}", "get");

        await handler.SendAsync("GET http://h/a?b=1 HTTP/1.1\nHost: h");

        Assert.Equal("GET /a?b=1 HTTP/1.1", handler.Requests.Last().Line);
    }

    [Theory]
    [InlineData("500 Internal Server Error", "")]
    [InlineData("302 Found", "Location: /elsewhere\r\n")]
    [InlineData("405 Method Not Allowed", "Allow: GET\r\n")]
    [InlineData("201 Created", "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n")]
    public async Task Statuses_and_headers_pass_through(string status, string headers)
    {
        await using var handler = await StartHttpAsync("{*path}", "get");
        handler.Answer = $"HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody";

        var answer = await handler.SendAsync("GET /a HTTP/1.1\nHost: h");

        Assert.Equal($"HTTP/1.1 {status}", answer.Line);
        Assert.Equal("body", answer.Text);
        Assert.All(headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries), header => Assert.Contains(header, answer.Headers.Select(pair => $"{pair.Name}: {pair.Value}")));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n")]
    public async Task An_answer_without_a_body_keeps_its_headers(string method, string raw)
    {
        await using var handler = await StartHttpAsync("{*path}", "get", "head");
        handler.Answer = raw;

        var answer = await handler.SendAsync($"{method} /a HTTP/1.1\nHost: h");

        Assert.Equal(raw[..raw.IndexOf('\r', StringComparison.Ordinal)], answer.Line);
        Assert.Equal("\"x\"", answer.Find("ETag"));
        Assert.Empty(answer.Body);
        if (method == "HEAD")
        {
            Assert.Equal("9", answer.Find("Content-Length"));
        }
    }

    [Fact]
    public async Task A_chunked_answer_arrives_whole()
    {
        await using var handler = await StartHttpAsync("{*path}", "get");
        var part = new string('x', 70_000);
        handler.Answer = $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{part.Length:x}\r\n{part}\r\n{part.Length:x}\r\n{part}\r\n0\r\n\r\n";

        var answer = await handler.SendAsync("GET /a HTTP/1.1\nHost: h");

        Assert.Equal(Encoding.ASCII.GetBytes(part + part), answer.Body);
    }

    private Task<RawHandler> StartHttpAsync(string route, params string[] methods) =>
        RawHandler.StartAsync(new ScriptedApp().WithHttp("http", route, methods), azurite.ConnectionString);
}
