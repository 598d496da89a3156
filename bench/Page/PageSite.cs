using System.Globalization;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.LocalHost.Storage;

namespace IdcFunctions.Bench.Page;

/// <summary>Azurite and the function app with the toy model, which scores at once.</summary>
internal sealed class PageSite : IAsyncDisposable
{
    private readonly Azurite azurite;
    private readonly FunctionsHost host;
    private readonly HostLog log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task watching;

    private PageSite(Azurite azurite, FunctionsHost host, HostLog log)
    {
        this.azurite = azurite;
        this.host = host;
        this.log = log;
        Api = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromMinutes(2), DefaultRequestHeaders = { { "X-Requested-With", "bench" } } };
        watching = new UploadWatcher(azurite.ConnectionString, TimeProvider.System, log).RunAsync(stopping.Token);
    }

    /// <summary>The published function app.</summary>
    public static string App => Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "App").Value!;

    /// <summary>A client of the API.</summary>
    public HttpClient Api { get; }

    /// <summary>The account.</summary>
    public string ConnectionString => azurite.ConnectionString;

    /// <summary>The handler's resident memory now, in MB.</summary>
    public double HandlerMegabytes => ProcessMemory.NowMegabytes(host.Handler.ProcessId!.Value);

    /// <summary>The most that the handler had since the last <see cref="ForgetPeak"/>, in MB.</summary>
    public double HandlerPeakMegabytes => ProcessMemory.PeakMegabytes(host.Handler.ProcessId!.Value);

    /// <summary>Starts the site; its data is in memory, or in a folder where slides are large.</summary>
    public static async Task<PageSite> StartAsync(string? folder = null)
    {
        var cancel = CancellationToken.None;
        var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancel);
        var azurite = await Azurite.StartAsync(installation, folder, AzuritePorts.Free(), cancel);
        await StorageSetup.CreateAsync(azurite.ConnectionString, cancel);
        var model = new ToyModel("1.0.0");
        await model.PublishAsync(azurite.ConnectionString, cancel);
        await model.ActivateAsync(azurite.ConnectionString, cancel);
        var log = new HostLog(TextWriter.Null, TimeProvider.System);
        var lease = TimeSpan.FromMinutes(10);
        var settings = HandlerSettings.For(azurite.ConnectionString, lease);

        // One client asks for everything here.
        settings["Requests__ReadsPerMinute"] = "10000000";
        var host = await FunctionsHost.StartAsync(FunctionApp.Load(App, settings), new FunctionsHostOptions(0, azurite.ConnectionString, lease, settings), TimeProvider.System, log, cancel);
        await host.Handler.WaitUntilReadyAsync(cancel);
        return new PageSite(azurite, host, log);
    }

    /// <summary>Lets the peak of the handler's memory begin anew (Linux, as root).</summary>
    public void ForgetPeak() => File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{host.Handler.ProcessId}/clear_refs"), "5");

    /// <summary>Drops a file and waits until it is scored.</summary>
    public async Task<JsonElement> ScoreAsync(string path)
    {
        var slide = SlideFiles.Find([path]).Single();
        await new SlideUpload(ConnectionString, new Dictionary<string, string>()).SendAsync(slide, static _ => { }, CancellationToken.None);
        while (true)
        {
            using var answer = await Api.GetAsync($"api/slides/{Slides.SlideId.FromName(slide.Name)}");
            if (answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<JsonElement>() is var found && found.GetProperty("status").GetString() is "Complete" or "Failed")
            {
                return found.GetProperty("status").GetString() == "Complete" ? found : throw new InvalidOperationException($"{path}: {found.GetProperty("reason")}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching;
        Api.Dispose();
        await host.DisposeAsync();
        await azurite.DisposeAsync();
        log.Dispose();
        stopping.Dispose();
    }
}
