using System.Diagnostics;
using Azure.Storage.Queues;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Storage;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>Delivery of messages, in the sequences that were seen on the real host.</summary>
public sealed class QueueDispatcherTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("status 500")]
    [InlineData("status 404")]
    [InlineData("body [1]")]
    [InlineData("body 7")]
    [InlineData("body {")]
    [InlineData("text")]
    public async Task A_failing_answer_is_repeated_until_the_message_is_poison(string answer)
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, answer);
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        Assert.Equal(answer, await queue.PoisonedAsync());

        await queue.EmptiedAsync();
        Assert.Equal([1, 2, 3, 4, 5], app.Calls.Select(call => call.DequeueCount));
    }

    [Theory]
    [InlineData("body {}")]
    [InlineData("body {\"Outputs\":{}}")]
    public async Task A_json_object_is_success(string answer)
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, answer);
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        await queue.EmptiedAsync();

        Assert.Single(app.Calls);
    }

    [Theory]
    [InlineData("status 204")]
    [InlineData("status 200")]
    [InlineData("body null")]
    [InlineData("hang")]
    public async Task An_answer_without_content_hangs_until_functionTimeout_and_takes_all_other_calls_with_it(string answer)
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, $"{answer}; ok", "wait never; ok");
        using var app = new ScriptedApp { HostSettings = { ["functionTimeout"] = "00:00:02" } }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        await queue.EmptiedAsync();

        Assert.Equal([(1, 1), (1, 1), (2, 2), (2, 2)], app.Calls.Select(call => (call.Start, call.DequeueCount)));
        Assert.False(host.Completion.IsCompleted);
    }

    [Theory]
    [InlineData("{\"job\":\"retry-me\",\"n\":7}")]
    [InlineData("cGxhaW4=")]
    [InlineData("<&> \"é\" 日本")]
    public async Task A_message_s_text_goes_through_as_it_is_also_to_the_poison_queue(string text)
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, text);
        using var app = new ScriptedApp { Starts = "ok", HostSettings = { ["extensions:queues:maxDequeueCount"] = "1" } }
            .WithQueue("work", queue.Name).WithQueue("poisoned", queue.Poison.Name);
        await queue.Poison.CreateAsync(cancellationToken: Cancellation);
        await using var host = await app.StartAsync(azurite.ConnectionString);
        await app.CalledAsync(1);
        await queue.EmptiedAsync();
        await queue.SendAsync("status 500");

        await app.CalledAsync(3);

        Assert.Equal([("work", text), ("work", "status 500"), ("poisoned", "status 500")], app.Calls.Take(3).Select(call => (call.Function, call.Text)));
        Assert.Equal(1, app.Calls[2].DequeueCount);
    }

    [Fact]
    public async Task A_message_that_fails_on_a_poison_queue_stays_there_leased()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString);
        await queue.Poison.CreateAsync(cancellationToken: Cancellation);
        await queue.Poison.SendMessageAsync("status 500", Cancellation);
        await queue.Poison.SendMessageAsync("status 500", Cancellation);
        using var app = new ScriptedApp { HostSettings = { ["extensions:queues:maxDequeueCount"] = "2" } }.WithQueue("poisoned", queue.Poison.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString, lease: TimeSpan.FromSeconds(2));
        await app.CalledAsync(4);

        // Later deliveries are above the count: no call, and no poison queue of the poison queue.
        await Eventually.HoldsAsync("a third delivery", async () => (await queue.Poison.PeekMessageAsync(Cancellation)).Value is not { } message || message.DequeueCount > 2);
        await Eventually.HoldsAsync("a fourth delivery", async () => (await queue.Poison.PeekMessageAsync(Cancellation)).Value is { DequeueCount: > 2 });

        Assert.Equal([1, 1, 2, 2], app.Calls.Select(call => call.DequeueCount));
        Assert.Equal(2, (await queue.Poison.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
        Assert.False(await new QueueServiceClient(azurite.ConnectionString).GetQueueClient($"{queue.Poison.Name}-poison").ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_received_too_often_is_poison_without_a_call()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "ok");
        for (var delivery = 1; delivery <= 2; delivery++)
        {
            var message = (await queue.Client.ReceiveMessageAsync(TimeSpan.FromMinutes(1), Cancellation)).Value;
            await queue.Client.UpdateMessageAsync(message.MessageId, message.PopReceipt, message.Body, TimeSpan.Zero, Cancellation);
        }

        using var app = new ScriptedApp { HostSettings = { ["extensions:queues:maxDequeueCount"] = "2" } }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        Assert.Equal("ok", await queue.PoisonedAsync());
        Assert.Empty(app.Calls);
    }

    [Fact]
    public async Task A_failed_message_comes_again_after_visibilityTimeout()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "status 500; ok");
        using var app = new ScriptedApp { HostSettings = { ["extensions:queues:visibilityTimeout"] = "00:00:03" } }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);
        await app.LogsAsync("work failed: HTTP 500");
        var failed = Stopwatch.GetTimestamp();

        await app.CalledAsync(2);

        Assert.InRange(Stopwatch.GetElapsedTime(failed), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_message_whose_host_was_stopped_comes_again_after_its_lease_and_a_stop_waits_ten_seconds_at_most()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "wait never; ok");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        var first = await app.StartAsync(azurite.ConnectionString, lease: TimeSpan.FromSeconds(4), time: new QuickTime());
        await app.CalledAsync(1);
        var stopping = Stopwatch.GetTimestamp();
        await first.DisposeAsync();

        // The clock is ten times as fast.
        Assert.InRange(Stopwatch.GetElapsedTime(stopping), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));
        Assert.Equal(1, await queue.CountAsync());
        Assert.Contains("left to its lease: the host stops", app.LogText, StringComparison.Ordinal);

        await using var second = await app.StartAsync(azurite.ConnectionString);
        await queue.EmptiedAsync();
        Assert.Equal([1, 2], app.Calls.Select(call => call.DequeueCount));
    }

    [Fact]
    public async Task A_stopping_host_lets_a_running_function_end_and_deletes_its_message()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "wait go");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        var host = await app.StartAsync(azurite.ConnectionString);
        await app.CalledAsync(1);

        var stopping = host.DisposeAsync();
        app.Release("go");
        await stopping;

        Assert.Equal(0, await queue.CountAsync());
    }

    [Fact]
    public async Task A_function_may_run_longer_than_the_lease()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "wait go");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString, lease: TimeSpan.FromSeconds(2));
        await app.CalledAsync(1);
        var began = Stopwatch.GetTimestamp();

        await Eventually.HoldsAsync("two leases have passed", () => Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(4.5));
        app.Release("go");
        await queue.EmptiedAsync();

        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task A_renewal_that_storage_refuses_once_costs_no_second_delivery()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "wait go");
        using var app = new ScriptedApp();
        await using var handler = new HandlerProcess(app.Load(), app.Settings(azurite.ConnectionString), TimeProvider.System, app.Log);
        handler.Start();
        using var refusal = new RefuseOnce(HttpMethod.Put);
        using var stopping = new CancellationTokenSource();
        var running = Dispatcher(app, handler, queue, new QueueSettings(1, 0, TimeSpan.Zero, 5, TimeSpan.FromSeconds(1)), TimeProvider.System, TimeSpan.FromSeconds(4), refusal)
            .RunAsync(stopping.Token, CancellationToken.None);
        await app.CalledAsync(1);

        await app.LogsAsync("could not be renewed");
        app.Release("go");
        await queue.EmptiedAsync();
        await stopping.CancelAsync();
        await running;

        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task A_message_deleted_under_a_running_function_stops_nothing()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, "wait go");
        using var app = new ScriptedApp().WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString, lease: TimeSpan.FromSeconds(2));
        await app.CalledAsync(1);
        await queue.Client.ClearMessagesAsync(Cancellation);

        await app.LogsAsync("is worked on without a lease");
        app.Release("go");
        await queue.SendAsync("ok");
        await app.CalledAsync(2);
        await queue.EmptiedAsync();

        Assert.Equal(["wait go", "ok"], app.Calls.Select(call => call.Text));
    }

    [Theory]
    [InlineData(4, 3, 7)]
    [InlineData(2, 0, 2)]
    public async Task No_more_messages_are_in_flight_than_a_batch_and_the_threshold(int batchSize, int threshold, int most)
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, [.. Enumerable.Repeat("wait go", 12)]);
        using var app = new ScriptedApp
        {
            HostSettings = { ["extensions:queues:batchSize"] = $"{batchSize}", ["extensions:queues:newBatchThreshold"] = $"{threshold}" },
        }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);

        // 4 + 3: after a batch of four there is no room, since four are more than three.
        await app.CalledAsync(batchSize);
        app.Release("go");
        await queue.EmptiedAsync();

        Assert.Equal(12, app.Calls.Count);
        Assert.InRange(app.Calls.Max(call => call.Running), batchSize, most);
    }

    [Fact]
    public async Task Below_the_threshold_another_batch_is_received()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, [.. Enumerable.Repeat("wait go", 6)]);
        using var app = new ScriptedApp
        {
            HostSettings = { ["extensions:queues:batchSize"] = "2", ["extensions:queues:newBatchThreshold"] = "2" },
        }.WithQueue("work", queue.Name);
        await using var host = await app.StartAsync(azurite.ConnectionString);
        await app.CalledAsync(4);

        app.Release("go");
        await queue.EmptiedAsync();

        Assert.Equal(4, app.Calls.Max(call => call.Running));
    }

    [Fact]
    public async Task Between_full_batches_there_is_no_wait()
    {
        var queue = await TestQueue.MakeAsync(azurite.ConnectionString, [.. Enumerable.Repeat("ok", 5)]);
        using var app = new ScriptedApp();
        await using var handler = new HandlerProcess(app.Load(), app.Settings(azurite.ConnectionString), TimeProvider.System, app.Log);
        handler.Start();
        using var stopping = new CancellationTokenSource();

        // This clock stands still: a dispatcher that waits once waits for ever.
        var running = Dispatcher(app, handler, queue, new QueueSettings(1, 0, TimeSpan.Zero, 5, TimeSpan.FromSeconds(1)), new FakeTimeProvider(), TimeSpan.FromMinutes(1))
            .RunAsync(stopping.Token, CancellationToken.None);
        await queue.EmptiedAsync();
        await stopping.CancelAsync();
        await running;

        Assert.Equal(5, app.Calls.Count);
    }

    [Fact]
    public async Task A_queue_out_of_reach_is_read_again_when_it_is_back()
    {
        var ports = AzuritePorts.Free();
        var connection = azurite.ConnectionString;
        foreach (var (kind, port) in new[] { ("Blob", ports.Blob), ("Queue", ports.Queue), ("Table", ports.Table) })
        {
            connection = System.Text.RegularExpressions.Regex.Replace(connection, $"{kind}Endpoint=http://127.0.0.1:\\d+", $"{kind}Endpoint=http://127.0.0.1:{port}");
        }

        using var app = new ScriptedApp().WithQueue("work", "work");
        await using var host = await app.StartAsync(connection);
        await app.LogsAsync("Queue work can't be read");

        await using var late = await Azurite.StartAsync(await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, Cancellation), null, ports, Cancellation);
        var queue = new QueueServiceClient(late.ConnectionString).GetQueueClient("work");
        await queue.CreateAsync(cancellationToken: Cancellation);
        await queue.SendMessageAsync("ok", Cancellation);

        Assert.Equal("ok", (await app.CalledAsync(1))[0].Text);
        await Eventually.HoldsAsync("the message is deleted", async () => (await queue.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount == 0);
    }

    private QueueDispatcher Dispatcher(ScriptedApp app, HandlerProcess handler, TestQueue queue, QueueSettings settings, TimeProvider time, TimeSpan lease, HttpMessageHandler? transport = null)
    {
        var options = new QueueClientOptions { Retry = { MaxRetries = 0 } };
        if (transport is not null)
        {
            options.Transport = new Azure.Core.Pipeline.HttpClientTransport(transport);
        }

        return new QueueDispatcher(
            new QueueTrigger("work", "msg", queue.Name), new QueueServiceClient(azurite.ConnectionString, options), settings, lease, new FunctionInvoker(app.Load(), handler, TimeProvider.System, app.Log), time, app.Log);
    }
}
