using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Storage.Blobs;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The published handler, sent what the real Functions host was recorded to send.</summary>
public sealed class HandlerContractTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private readonly Line line = shared.Line;

    [Fact]
    public async Task Every_recorded_queue_message_is_answered_by_a_json_object_and_kept()
    {
        var recorded = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Recorded"), "queue-*.http").Append(Path.Combine(AppContext.BaseDirectory, "Recorded", "admin-invoke-queue.http")).ToList();
        var before = await KeptAsync();
        foreach (var file in recorded)
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var body = text[(text.IndexOf("{\"Data\"", StringComparison.Ordinal))..]
                .Replace("{\"Data\":{\"msg\"", "{\"Data\":{\"message\"", StringComparison.Ordinal)
                .Replace("{\"Data\":{\"bin\"", "{\"Data\":{\"message\"", StringComparison.Ordinal);

            using var answer = await PostChunkedAsync("/ScoreBatch", body);

            Assert.Equal((HttpStatusCode.OK, "application/json", "{}"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }

        Assert.Equal(before + recorded.Count, await KeptAsync());
    }

    [Theory]
    [InlineData("timer.http")]
    [InlineData("timer-pastdue.http")]
    [InlineData("timer-subminute-no-monitor.http")]
    public async Task Every_recorded_timer_is_answered_by_a_json_object(string file)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recorded", file), TestContext.Current.CancellationToken);

        using var answer = await PostChunkedAsync("/SweepRuns", text[text.IndexOf("{\"Data\"", StringComparison.Ordinal)..]);

        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_body_that_is_no_envelope_is_a_failure()
    {
        using var answer = await PostChunkedAsync("/ScoreBatch", "[]");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task The_probe_of_the_host_is_answered_without_side_effect()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{line.Host.Handler.Port}/"), TestContext.Current.CancellationToken);

        Assert.InRange((int)answer.StatusCode, 200, 404);
    }

    [Fact]
    public async Task A_handler_that_is_told_to_stop_never_exits_with_code_0()
    {
        var start = new ProcessStartInfo(Path.Combine(PublishedApp.Folder, "IdcFunctions.Functions")) { WorkingDirectory = PublishedApp.Folder, RedirectStandardOutput = true };
        foreach (var (name, value) in HandlerSettings.For(line.ConnectionString, TimeSpan.FromMinutes(10)))
        {
            start.Environment[name] = value;
        }

        var port = FreePort.Take();
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        using var handler = Process.Start(start)!;
        var output = handler.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        await Eventually.HoldsAsync(() => "The handler does not answer.", () => AnswersAsync(client, port));

        using var kill = Process.Start("kill", ["-TERM", handler.Id.ToString(CultureInfo.InvariantCulture)]);
        await handler.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, handler.ExitCode);
        Assert.DoesNotContain("Unhandled", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_whose_host_dies_before_it_was_ready_ends()
    {
        // Storage that takes connections and answers nothing: the handler gets no further than its first request.
        using var storage = new TcpListener(IPAddress.Loopback, 0);
        storage.Start();
        var connection = line.ConnectionString.Replace(new BlobServiceClient(line.ConnectionString).Uri.Authority, storage.LocalEndpoint.ToString(), StringComparison.Ordinal);
        var start = new ProcessStartInfo("sh", ["-c", "./IdcFunctions.Functions & wait"]) { WorkingDirectory = PublishedApp.Folder };
        foreach (var (name, value) in HandlerSettings.For(connection, TimeSpan.FromMinutes(10)))
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        using var host = Process.Start(start)!;
        using var request = await storage.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var handler = Assert.Single(Processes.ChildrenOf(host.Id));

        host.Kill();

        await Eventually.HoldsAsync($"Process {handler} lives on.", () => !Directory.Exists($"/proc/{handler}"));
    }

    /// <summary>On a machine with much to do a host was killed so early; its handler then took process 1 for its host.</summary>
    [Fact]
    public async Task A_handler_whose_host_died_before_the_handlers_first_line_ends()
    {
        var start = new ProcessStartInfo(Path.Combine(PublishedApp.Folder, "IdcFunctions.Functions")) { WorkingDirectory = PublishedApp.Folder, RedirectStandardOutput = true };
        foreach (var (name, value) in HandlerSettings.For(line.ConnectionString, TimeSpan.FromMinutes(10)))
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        start.Environment["IDC_HOST_PROCESS"] = int.MaxValue.ToString(CultureInfo.InvariantCulture);
        using var handler = Process.Start(start)!;
        var output = handler.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        try
        {
            await Eventually.HoldsAsync($"Process {handler.Id} lives on.", () => handler.HasExited);
        }
        finally
        {
            handler.Kill();
        }

        Assert.NotEqual(0, handler.ExitCode);
        Assert.Contains("has gone", await output, StringComparison.Ordinal);
    }

    private static async Task<bool> AnswersAsync(HttpClient client, int port)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/live"), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> PostChunkedAsync(string path, string body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{line.Host.Handler.Port}{path}");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<int> KeptAsync()
    {
        var count = 0;
        await foreach (var blob in line.Container(Containers.Poison).GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            count += blob.Name.Length > 0 ? 1 : 0;
        }

        return count;
    }
}
