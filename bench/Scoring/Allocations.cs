using System.Globalization;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using IdcFunctions.Functions;
using IdcFunctions.Functions.Models;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Scoring;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace IdcFunctions.Bench.Scoring;

/// <summary>
/// What <see cref="ScoreBatch"/> allocates a patch: the step in this process, without HTTP, on batches that the app has cut
/// before. Its parts are done once more by themselves; what they do not explain is the rest: rows of slide, run, attempt and
/// batches, and the message.
/// </summary>
internal sealed class Allocations : IAsyncDisposable
{
    /// <summary>The first ones compile and fill pools.</summary>
    private const int Rounds = 4;

    private readonly string connection;
    private readonly ServiceProvider services;
    private readonly SlideId slide;
    private readonly RunId run;
    private readonly TilingPlan plan;

    private Allocations(string connection, ServiceProvider services, SlideId slide, RunId run, TilingPlan plan)
    {
        this.connection = connection;
        this.services = services;
        this.slide = slide;
        this.run = run;
        this.plan = plan;
    }

    private int Patches => plan.Cells.Length;

    /// <summary>Lets the app score a slide, ends its host, scores the slide's batches here a few times, and prints what the last time allocated.</summary>
    public static async Task PrintAsync(string app, byte[] content, CancellationToken cancellationToken)
    {
        await using var site = await ScoringSite.StartAsync(app, cancellationToken);
        using var scored = new ScoredSlide(site.ConnectionString, site.Host.Address, content);
        await scored.DropAsync(cancellationToken);
        await site.EndHostAsync();
        await using var allocations = await CreateAsync(site.ConnectionString, ScoredSlide.Id, await scored.RunAsync(cancellationToken), cancellationToken);
        await allocations.PrintAsync(cancellationToken);
    }

    /// <summary>Makes the step's services on a run that is complete.</summary>
    private static async Task<Allocations> CreateAsync(string connection, SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton(TimeProvider.System)
            .AddSingleton(StorageClients.Create(key => key == "Slides" ? connection : null))
            .AddSingleton<SlideMetrics>().AddSingleton<SlideRefs>().AddSingleton<SlideTable>().AddSingleton<OpenRuns>().AddSingleton<RunLedger>().AddSingleton<RunFiles>().AddSingleton<PlanCache>().AddSingleton<PatchTable>()
            .AddSingleton<RunFinish>().AddSingleton<AttemptLog>().AddSingleton<StepRunner>().AddSingleton<ModelStore>().AddSingleton<MessageQueues>().AddSingleton<ScoringThreads>().AddSingleton<ScoreBatch>();
        services.AddOptions<ScoringOptions>().Configure(options => options.Threads = 1);
        services.AddOptions<WorkLimits>();
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<SlideRefs>().LoadAsync(cancellationToken);
        var plan = await provider.GetRequiredService<RunFiles>().FindPlanAsync(slide, run, cancellationToken);
        return new Allocations(connection, provider, slide, run, plan!);
    }

    private async Task PrintAsync(CancellationToken cancellationToken)
    {
        var (files, table) = (services.GetRequiredService<RunFiles>(), services.GetRequiredService<PatchTable>());
        var scorer = await services.GetRequiredService<ModelStore>().GetScorerAsync(plan.Settings.ModelName, plan.Settings.ModelVersion, plan.Settings.ModelSha256, cancellationToken);
        var pixels = new byte[plan.BatchCells(0).Length * plan.PatchBytes];
        var (probabilities, spreads) = (new float[plan.BatchCells(0).Length], new float[plan.BatchCells(0).Length]);
        double whole = 0, read = 0, scored = 0, stored = 0, rows = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await ForgetAsync(cancellationToken);
            whole = await CountAsync(batch => services.GetRequiredService<ScoreBatch>().RunAsync(Message(batch), cancellationToken));
            var scores = await files.ReadBatchesAsync(slide, run, plan, cancellationToken);
            read = await CountAsync(batch => files.TryReadPackedAsync(slide, run, plan, batch, pixels.AsMemory(0, plan.BatchCells(batch).Length * plan.PatchBytes), cancellationToken));
            scored = await CountAsync(batch =>
            {
                var count = plan.BatchCells(batch).Length;
                OrientedScoring.Score(scorer, false, pixels.AsMemory(0, count * plan.PatchBytes), probabilities.AsMemory(0, count), spreads.AsSpan(0, count), cancellationToken);
                return Task.CompletedTask;
            });
            await ForgetAsync(cancellationToken);
            stored = await CountAsync(batch => files.StoreScoresAsync(slide, run, batch, scores[batch], cancellationToken));
            rows = await CountAsync(batch => table.WriteBatchAsync(slide, run, batch, scores[batch], plan, cancellationToken));
        }

        Console.WriteLine($"{Patches} patches in {plan.Batches} batches");
        Console.WriteLine("| allocated | bytes a patch |");
        Console.WriteLine("|---|---|");
        foreach (var (part, bytes) in new[] { ("by ScoreBatch", whole), ("of it: reading the pixels' blob", read), ("calls of the session", scored), ("storing the scores", stored), ("writing the rows", rows), ("the rest", whole - read - scored - stored - rows) })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {part} | {bytes:0} |"));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => services.DisposeAsync();

    /// <summary>Bytes that work on all batches, one after another, allocates a patch.</summary>
    private async Task<double> CountAsync(Func<int, Task> work)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            await work(batch);
        }

        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Patches;
    }

    /// <summary>Makes the run one whose batches are to be scored for the first time.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var results = new BlobServiceClient(connection).GetBlobContainerClient(Containers.Results);
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            await services.GetRequiredService<PatchTable>().ForgetBatchAsync(slide, run, batch, cancellationToken);
            await results.DeleteBlobIfExistsAsync(BlobNames.BatchScores(slide, run, batch), cancellationToken: cancellationToken);
        }

        await services.GetRequiredService<AttemptLog>().ClearAsync(slide, run, cancellationToken);
        await MergeAsync(Tables.Runs, slide.Value, run.Value, nameof(RunRow.State), nameof(RunState.Scoring), cancellationToken);
        await MergeAsync(Tables.Slides, TableKeys.SlidePartition(slide), slide.Value, nameof(SlideRow.PublishedRun), "", cancellationToken);
    }

    private async Task MergeAsync(string table, string partition, string row, string column, string value, CancellationToken cancellationToken) =>
        await new TableClient(connection, table).UpsertEntityAsync(new TableEntity(partition, row) { [column] = value }, TableUpdateMode.Merge, cancellationToken);

    private string Message(int batch) => $$"""{"v":1,"slide":"{{slide}}","run":"{{run}}","batch":{{batch}}}""";
}
