using System.Globalization;
using System.Text.Json.Serialization;
using IdcFunctions.Functions;
using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Api.Training;
using IdcFunctions.Functions.Hosting;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Functions.Viewing;
using IdcFunctions.Scoring;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;
using Microsoft.Extensions.Options;

if (args is [DecoderProgram.Argument])
{
    return await DecoderProgram.RunAsync();
}

var parent = ParentWatch.HostProcessId();
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var port = int.Parse(builder.Configuration["FUNCTIONS_CUSTOMHANDLER_PORT"] ?? "7080", CultureInfo.InvariantCulture);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(port);
    kestrel.Limits.MaxRequestBodySize = 100 * 1024 * 1024;

    // The host keeps its connections and re-uses them; closing idle ones invites a race.
    kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
});

// ASP.NET Core's own lines tell request paths, which hold slides' names: a name may identify a patient.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);

var services = builder.Services;
services.AddSingleton(TimeProvider.System);
services.AddSingleton(StorageClients.Create(key => builder.Configuration[key]));
services.AddOptionsWithValidateOnStart<TilingOptions>().BindConfiguration("Tiling").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<DecoderOptions>().BindConfiguration("Decoder").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<ScoringOptions>().BindConfiguration("Scoring").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<PriceOptions>().BindConfiguration("Prices").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<WorkLimits>().BindConfiguration("Work").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<ViewOptions>().BindConfiguration("View").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<SweepOptions>().BindConfiguration("Sweep").ValidateDataAnnotations();
services.AddOptionsWithValidateOnStart<ExportOptions>().BindConfiguration("Exports").ValidateDataAnnotations();
services.AddSingleton<SlideTable>().AddSingleton<OpenRuns>().AddSingleton<RunLedger>().AddSingleton<RunFiles>();
services.AddSingleton<SlideMasks>().AddSingleton<PatchTable>().AddSingleton<AttemptLog>().AddSingleton<MessageQueues>();
services.AddSingleton<ModelStore>().AddSingleton<RunPreparation>().AddSingleton<PlanCache>().AddSingleton<ScoringThreads>();
services.AddSingleton<PatchReuse>().AddSingleton<RunDecider>().AddSingleton<RunFinish>().AddSingleton<StepRunner>();
services.AddSingleton<PoisonedRuns>().AddSingleton<SlideRefs>().AddSingleton<SlideListing>();
services.AddSingleton(provider => new SlideDecoders(
    provider.GetRequiredService<IOptions<DecoderOptions>>().Value,
    provider.GetRequiredService<TimeProvider>()));
services.AddSingleton<ViewCopies>().AddSingleton<SlideViews>().AddSingleton<SignedAddresses>();
services.AddSingleton<SlideCorrections>().AddSingleton<CorrectedPatches>();
services.AddSingleton<TrainingRuns>().AddSingleton<Datasets>().AddSingleton<ModelBundle>();
services.AddSingleton<RunTiling>().AddSingleton<TileSlide>().AddSingleton<ScoreBatch>().AddSingleton<CompleteSlide>().AddSingleton<SweepRuns>();
services.AddSingleton<WaitingRuns>().AddSingleton<QueuedTrainings>().AddSingleton<Housekeeping>();
services.AddSingleton<RunDeletion>().AddSingleton<RunRebuild>().AddSingleton<RunVerification>().AddSingleton<SlidePurge>();
services.AddSingleton<FailPoisonedUpload>().AddSingleton<FailPoisonedBatch>().AddSingleton<FailPoisonedCompletion>();
services.AddRoles();
builder.AddTelemetry();
services.AddRequestLimits();
services.AddExceptionHandler<StorageOutage>();
services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
services.AddOpenApi(ApiDescription.Configure);
services.ConfigureHttpJsonOptions(json =>
{
    json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
    json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
});

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseBrowserGuard();
app.UseRequestLimits();
app.UseJsonEtags();
app.UsePage();

// After the page, whose files hold nothing of anybody's.
app.UseAuthentication();
app.UseAuthorization();

app.MapQueueFunction<TileSlide>((function, message, token) => function.RunAsync(message, token));
app.MapQueueFunction<ScoreBatch>((function, message, token) => function.RunAsync(message, token));
app.MapQueueFunction<CompleteSlide>((function, message, token) => function.RunAsync(message, token));
app.MapQueueFunction<FailPoisonedUpload>((function, message, token) => function.RunAsync(message, token));
app.MapQueueFunction<FailPoisonedBatch>((function, message, token) => function.RunAsync(message, token));
app.MapQueueFunction<FailPoisonedCompletion>((function, message, token) => function.RunAsync(message, token));
app.MapTimerFunction<SweepRuns>((function, token) => function.RunAsync(token));
app.MapSlides();
app.MapRescores();
app.MapRuns();
app.MapRegions();
app.MapRebuild();
app.MapVerification();
app.MapPatches();
app.MapMask();
app.MapDeepZoom();
app.MapGrid();
app.MapUploads();
app.MapPredict();
app.MapCorrections();
app.MapModels();
app.MapDatasets();
app.MapTrainingRuns();
app.MapTrainingOptions();
app.MapHealth();
app.MapOpenApi().For(Role.Reader);

// The port is bound when storage answers and, where a model is active, it is loaded: the host waits for the port.
using (new ParentWatch(parent, app.Lifetime, TimeProvider.System, app.Services.GetRequiredService<ILogger<ParentWatch>>()))
{
    try
    {
        await app.Services.GetRequiredService<SlideRefs>().LoadAsync(app.Lifetime.ApplicationStopping);
        await app.Services.GetRequiredService<ModelStore>().WarmAsync(
            Path.Combine(AppContext.BaseDirectory, "models"),
            app.Lifetime.ApplicationStopping);
        await app.RunAsync();
    }
    catch (GpuRequiredException required)
    {
        await Console.Error.WriteLineAsync(required.Message);
    }
    catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
    {
        // The host has gone before the handler was ready.
    }
}

// Exit code 0 would tell the host that all is well: it would not start the handler again, and lose messages to it.
return 1;
