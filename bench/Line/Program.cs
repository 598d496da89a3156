// Drops real slides into the whole line, one after another, and prints where the time went, beside the bare ONNX session
// in the same run: dotnet run --project bench/Line -c Release -- [--counted] SLIDE…
// Many copies of a slide whose events come at the same time: … -- --at-once N SLIDE
// With --counted a proxy before storage counts what is read of each slide, and takes its part of the time.
using System.Globalization;
using System.Reflection;
using Azure.Storage.Blobs;
using IdcFunctions.Bench.Line;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.LocalHost.Scoring;
using IdcFunctions.LocalHost.Storage;
using IdcFunctions.Slides.Storage;

var app = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "App").Value!;
var isCounted = args is ["--counted", ..];
var atOnce = args is ["--at-once", var copies, ..] ? int.Parse(copies, CultureInfo.InvariantCulture) : 0;
var slides = SlideFiles.Find(atOnce > 0 ? args[2..] : isCounted ? args[1..] : args);
var bare = BareSession.Measure(app);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bare ONNX session: {bare:0} patches/s"));

var cancel = CancellationToken.None;
var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, cancel);

// Many large slides are more than fits into memory.
using var data = atOnce > 0 ? new DataFolder() : null;
await using var azurite = await Azurite.StartAsync(installation, data?.Path, AzuritePorts.Free(), cancel);
await StorageSetup.CreateAsync(azurite.ConnectionString, cancel);
using var log = new HostLog(TextWriter.Null, TimeProvider.System);
var lease = TimeSpan.FromMinutes(10);
await using var proxy = isCounted ? await StorageProxy.StartAsync(azurite.ConnectionString, cancel) : null;
var settings = HandlerSettings.For(proxy?.ConnectionString ?? azurite.ConnectionString, lease);
await using var host = await FunctionsHost.StartAsync(FunctionApp.Load(app, settings), new FunctionsHostOptions(0, azurite.ConnectionString, lease, settings), TimeProvider.System, log, cancel);
await host.Handler.WaitUntilReadyAsync(cancel);
var idle = ProcessMemory.PeakMegabytes(host.Handler.ProcessId!.Value);
using var api = new SlidesClient(host.Address);
var blobs = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Containers.Slides);
var upload = new SlideUpload(azurite.ConnectionString, new Dictionary<string, string>());

var watcher = new UploadWatcher(azurite.ConnectionString, TimeProvider.System, log);
if (atOnce > 0)
{
    await AtOnce.RunAsync(atOnce, slides[0], upload, watcher, api, host.Handler.ProcessId!.Value, cancel);
    return;
}

using var stopping = new CancellationTokenSource();
var watching = watcher.RunAsync(stopping.Token);
Console.WriteLine("| slide | patches | waiting s | tiling s | scoring s | completing s | upload s | uploaded → complete s | → told complete s | patches/s of the line | over bare | read | GETs |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
foreach (var slide in slides)
{
    var started = TimeProvider.System.GetTimestamp();
    var (etag, _) = await upload.SendAsync(slide, static _ => { }, cancel);
    var uploaded = TimeProvider.System.GetTimestamp();
    var uploadedAt = TimeProvider.System.GetUtcNow();
    var report = await api.WaitAsync(slide, etag, waiting => upload.IsStoredAsync(slide, etag, waiting), static _ => { }, cancel);
    var (uploading, elapsed) = (TimeProvider.System.GetElapsedTime(started, uploaded).TotalSeconds, TimeProvider.System.GetElapsedTime(uploaded).TotalSeconds);
    if (report is not { IsComplete: true, Seconds: { } seconds, Patches: { } patches })
    {
        Console.WriteLine($"| {slide.Name} | {report.FailureCode} |");
        continue;
    }

    // A run's times count from the blob's date, which has whole seconds, and who asks hears of its end up to a second later.
    var written = (await blobs.GetBlobClient(slide.Name).GetPropertiesAsync(cancellationToken: cancel)).Value.LastModified;
    var toComplete = seconds.Total - (uploadedAt - written).TotalSeconds;

    // From the first byte tiled to the last row published: waiting for the event is not the line's work.
    var rate = patches / (seconds.Tiling + seconds.Scoring + seconds.Completing);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {slide.Name} | {patches} | {seconds.Waiting:0.00} | {seconds.Tiling:0.00} | {seconds.Scoring:0.00} | {seconds.Completing:0.00} | {uploading:0.00} | {toComplete:0.00} | {elapsed:0.00} | {rate:0} | {rate / bare:0.00} | {report.BytesRead} of {report.SlideBytes} ({(double)report.BytesRead! / report.SlideBytes!:0.0 %}) | {report.Gets} |"));
    if (proxy?.ReadsOf(Containers.Slides, slide.Name) is var (gets, bytes))
    {
        Console.WriteLine($"at the proxy: {bytes} bytes in {gets} GETs");
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"handler's peak memory: {ProcessMemory.PeakMegabytes(host.Handler.ProcessId!.Value):0} MB, idle with the model loaded {idle:0} MB"));
await stopping.CancelAsync();
await watching;
