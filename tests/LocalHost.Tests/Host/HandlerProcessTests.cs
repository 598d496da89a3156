using System.Diagnostics;
using System.Net;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>Start, readiness, death and restart of the handler, in the sequences that were seen on the real host.</summary>
public sealed class HandlerProcessTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_waits_while_the_handler_starts()
    {
        using var app = new ScriptedApp { Starts = "after go" }.WithHttp("http", "http/{*script}", "get");
        await using var host = await app.StartAsync(azurite.ConnectionString);
        using var client = new HttpClient { BaseAddress = host.Address };

        var answer = client.GetAsync("http/ok", Cancellation);
        await Eventually.HoldsAsync("the handler has started", () => app.Started.Count == 1);
        Assert.False(answer.IsCompleted);
        app.Release("go");

        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task After_a_crash_the_handler_starts_again_on_its_port_and_the_message_in_flight_comes_again()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "exit 3; ok");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        await queue.EmptiedAsync();

        Assert.Equal([(1, 1), (2, 2)], app.Calls.Select(call => (call.Start, call.DequeueCount)));
        Assert.Single(app.Started.Select(start => start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"]).Distinct());
    }

    [Fact]
    public async Task The_third_crash_ends_the_host_with_the_handler_s_last_lines()
    {
        using var app = new ScriptedApp { Starts = "exit 3" }.WithHttp("http", "{*path}", "get");
        await using var host = await app.StartAsync(azurite.ConnectionString);

        var failure = await Assert.ThrowsAsync<HandlerFailedException>(() => host.Completion.WaitAsync(Cancellation));

        Assert.Equal(3, app.Started.Count);
        Assert.Contains("exited with code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("start 3 ends", failure.Message, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("a", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Exit_code_200_restarts_without_counting()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "ok");
        using var app = new ScriptedApp { Starts = "exit 3; exit 200; exit 200; exit 3; ok" }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        await queue.EmptiedAsync();

        Assert.Equal(5, app.Started.Count);
        Assert.False(host.Completion.IsCompleted);
    }

    [Fact]
    public async Task After_exit_code_0_nothing_restarts_and_messages_reach_the_poison_queue()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "exit 0");
        using var app = new ScriptedApp().WithQueue("work", queue.Name).WithHttp("http", "http/{*script}", "get");
        await using var host = await app.StartAsync(azurite.ConnectionString);

        Assert.Equal("exit 0", await queue.PoisonedAsync());

        await queue.EmptiedAsync();
        Assert.Single(app.Started);
        Assert.Single(app.Calls);
        using var client = new HttpClient { BaseAddress = host.Address };
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("http/ok", Cancellation)).StatusCode);
        Assert.False(host.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_handler_that_never_answers_is_restarted_after_initializationTimeout()
    {
        using var app = new ScriptedApp { Starts = "idle", HostSettings = { ["customHandler:initializationTimeout"] = "00:00:01" } };
        await using var host = await app.StartAsync(azurite.ConnectionString);

        var failure = await Assert.ThrowsAsync<HandlerFailedException>(() => host.Completion.WaitAsync(Cancellation));

        Assert.Contains("did not answer within initializationTimeout", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, app.Started.Count);
        Assert.All(app.Started, start => Assert.False(IsRunning(start.Process)));
    }

    [Fact]
    public async Task A_child_that_holds_the_handler_s_output_open_does_not_delay_the_restart()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "child 3; ok");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);
        var started = Stopwatch.GetTimestamp();

        await queue.EmptiedAsync();

        // The child lives for 30 seconds. Had calls gone on to the dead port, the message would be poison by now.
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(25));
        Assert.Equal([(1, 1), (2, 2)], app.Calls.Select(call => (call.Start, call.DequeueCount)));
    }

    [Fact]
    public async Task A_call_that_waits_for_a_handler_which_a_timeout_kills_gets_the_next_one()
    {
        // Process 1 hangs on a message and crashes on another; the hung one's timeout kills process 2, which has not answered yet.
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "status 204; ok");
        using var app = new ScriptedApp { Starts = "ok; idle; ok", HostSettings = { ["functionTimeout"] = "00:00:03" } }
            .WithQueue("work", queue.Name).WithHttp("http", "http/{*script}", "get");
        await using var host = await app.StartAsync(azurite.ConnectionString);
        using var client = new HttpClient { BaseAddress = host.Address };
        await app.CalledAsync(1);

        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("http/exit%203", Cancellation)).StatusCode);
        await Eventually.HoldsAsync("the second process runs", () => app.Started.Count == 2);
        using var answer = await client.GetAsync("http/ok", Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(3, app.Started.Count);
    }

    [Fact]
    public async Task A_host_that_stops_while_its_handler_starts_leaves_no_process()
    {
        using var app = new ScriptedApp { Starts = "idle" };
        var host = await app.StartAsync(azurite.ConnectionString);
        await Eventually.HoldsAsync("the handler has started", () => app.Started.Count == 1);

        await host.DisposeAsync();

        Assert.False(IsRunning(app.Started[0].Process));
    }

    [Fact]
    public async Task A_program_that_is_not_there_ends_the_host_with_its_name()
    {
        using var app = new ScriptedApp { HostSettings = { ["customHandler:description:defaultExecutablePath"] = "no-such-program" } };
        await using var host = await app.StartAsync(azurite.ConnectionString);

        var failure = await Assert.ThrowsAsync<HandlerFailedException>(() => host.Completion.WaitAsync(Cancellation));

        Assert.Contains("no-such-program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_handler_s_environment_has_the_recorded_names()
    {
        using var app = new ScriptedApp();
        await using var host = await app.StartAsync(azurite.ConnectionString);
        await Eventually.HoldsAsync("the handler has started", () => app.Started.Count == 1);

        using var recorded = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Recorded", "handler-environment.json"), Cancellation));
        var names = recorded.RootElement.GetProperty("env").EnumerateObject().Select(variable => variable.Name).ToList();
        var start = app.Started[0];
        Assert.Equal(11, names.Count);
        Assert.All(names, name => Assert.False(string.IsNullOrEmpty(start.Environment.GetValueOrDefault(name)), name));
        Assert.Equal(app.Folder, start.Folder);
        Assert.Equal(app.Folder, start.Environment["FUNCTIONS_APP_ROOT_PATH"]);
        Assert.Equal("custom", start.Environment["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal(azurite.ConnectionString, start.Environment["AzureWebJobsStorage"]);
        Assert.Equal(start.Environment["FUNCTIONS_HTTPWORKER_PORT"], start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"]);
        Assert.True(Guid.TryParse(start.Environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"], out _));
        Assert.Equal(start.Environment["FUNCTIONS_HTTPWORKER_ID"], start.Environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"]);
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
