using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using Microsoft.Extensions.Time.Testing;
using NCrontab;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A timer's dispatcher with a clock of the test; its handler runs by the system's.</summary>
internal sealed class RunningTimer : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HandlerProcess handler;
    private readonly FakeTimeProvider time;
    private readonly Task running;

    private RunningTimer(ScriptedApp app, HandlerProcess handler, TimerTrigger trigger, FakeTimeProvider time)
    {
        App = app;
        this.handler = handler;
        this.time = time;
        running = new TimerDispatcher(trigger, new FunctionInvoker(app.Load(), handler, TimeProvider.System, app.Log), time, app.Log).RunAsync(stopping.Token);
    }

    /// <summary>The app.</summary>
    public ScriptedApp App { get; }

    /// <summary>True where the dispatcher has ended, with or without an error.</summary>
    public bool HasEnded => running.IsCompleted;

    /// <summary>Starts a handler, waits until it is ready, starts the dispatcher.</summary>
    public static async Task<RunningTimer> StartAsync(string schedule, bool runsOnStartup, FakeTimeProvider time, string binding = "timer")
    {
        var app = new ScriptedApp();
        var handler = new HandlerProcess(app.Load(), app.Settings(""), TimeProvider.System, app.Log);
        handler.Start();
        await handler.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        var parsed = CrontabSchedule.Parse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = true });
        return new RunningTimer(app, handler, new TimerTrigger("tick", binding, parsed, runsOnStartup), time);
    }

    /// <summary>Waits until it has fired so often.</summary>
    public Task<IReadOnlyList<ScriptedCall>> FiredAsync(int times) => App.CalledAsync(times);

    /// <summary>Lets time pass in steps of a millisecond around the end, until it has fired so often.</summary>
    public async Task AdvanceAsync(TimeSpan by, int times)
    {
        var end = time.GetUtcNow() + by;
        time.Advance(by - TimeSpan.FromMilliseconds(2));
        await Eventually.HoldsAsync($"the timer fires for the {times}. time", () =>
        {
            if (time.GetUtcNow() < end)
            {
                time.Advance(TimeSpan.FromMilliseconds(1));
            }

            return App.Calls.Count >= times;
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await handler.DisposeAsync();
        stopping.Dispose();
        App.Dispose();
    }
}
