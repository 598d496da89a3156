using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.LocalHost.Host;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>What is asked of the hardware, and what is told where it is not there.</summary>
public sealed class ProviderTests
{
    private const string Name = "asked.tif";

    private static readonly byte[] Slide = SyntheticSlide.OfTissue(600, 500, 4, 11).ToLibvipsPyramid(4);

    [Fact]
    public async Task A_gpu_that_is_asked_for_and_not_there_is_told_in_log_health_and_result()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");
        await using var line = await Line.StartAsync(new LineOptions().With("Scoring__Provider", "Cuda"));

        await line.DropAsync(Name, Slide);
        var done = await line.WaitForAsync(Name, nameof(RunState.Complete));
        var ready = await line.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
        var document = RunDocument.FromJson(await line.GetExportAsync(Name, Exports.RunJson));

        Assert.Contains("Scoring runs on the CPU although a GPU was asked for: ", line.Log, StringComparison.Ordinal);
        Assert.Equal("cpu instead of cuda", ready.GetProperty("provider").GetString());
        Assert.NotEmpty(ready.GetProperty("fallback").GetString()!);
        Assert.Equal("cpu instead of cuda", done.GetProperty("provider").GetString());
        Assert.Equal(["cpu instead of cuda"], document.Providers);
    }

    [Fact]
    public async Task Threads_chunks_and_batches_at_once_are_told_by_health_and_log()
    {
        await using var derived = await Line.StartAsync();
        await using var given = await Line.StartAsync(new LineOptions().With("Scoring__Threads", "3").With("Scoring__ChunkSize", "48").With("Work__BatchesAtOnce", "2"));

        Assert.Equal((Environment.ProcessorCount, 32, 1), await ReadAsync(derived));
        Assert.Equal((3, 48, 2), await ReadAsync(given));
        Assert.Contains("is loaded on cpu with 3 threads, 48 patches a call", given.Log, StringComparison.Ordinal);

        static async Task<(int Threads, int ChunkSize, int BatchesAtOnce)> ReadAsync(Line line)
        {
            var ready = await line.Api.GetFromJsonAsync<JsonElement>("health/ready", TestContext.Current.CancellationToken);
            return (ready.GetProperty("threads").GetInt32(), ready.GetProperty("chunkSize").GetInt32(), ready.GetProperty("batchesAtOnce").GetInt32());
        }
    }

    [Fact]
    public async Task A_handler_whose_required_gpu_is_not_there_ends_with_1_and_says_so_though_there_is_no_model()
    {
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "This machine has a GPU.");
        var token = TestContext.Current.CancellationToken;
        await using var azurite = new AzuriteFixture();
        await azurite.InitializeAsync();
        var root = Directory.CreateTempSubdirectory("idc-without-model-");
        try
        {
            // A scoring image has no models either.
            using var copying = Process.Start("cp", ["-R", $"{PublishedApp.Folder}/.", root.FullName]);
            await copying.WaitForExitAsync(token);
            Directory.Delete(Path.Combine(root.FullName, "models"), recursive: true);

            var (exitCode, errors) = await RunAsync(root.FullName, azurite.ConnectionString, ("Scoring__Provider", "Cuda"), ("Scoring__RequireGpu", "true"));

            Assert.Equal(1, exitCode);
            Assert.StartsWith("Scoring:RequireGpu is set, but CUDA can't be used: ", errors, StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(string root, string storage, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Path.Combine(root, "IdcFunctions.Functions")) { WorkingDirectory = root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in HandlerSettings.For(storage, TimeSpan.FromMinutes(10)).Select(pair => (pair.Key, pair.Value)).Concat(settings))
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = FreePort.Take().ToString(CultureInfo.InvariantCulture);
        using var handler = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var output = handler.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = handler.StandardError.ReadToEndAsync(limit.Token);
            await handler.WaitForExitAsync(limit.Token);
            await output;
            return (handler.ExitCode, await errors);
        }
        finally
        {
            if (!handler.HasExited)
            {
                handler.Kill();
            }
        }
    }
}
