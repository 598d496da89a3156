using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>How a batch's rows are written.</summary>
public sealed class PatchTableTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_batchs_transactions_are_under_way_together_however_few_the_cores()
    {
        const int Transactions = 8;
        var token = TestContext.Current.CancellationToken;
        await using var proxy = await StorageProxy.StartAsync(azurite.ConnectionString, token);
        var (underWay, all) = (0, new TaskCompletionSource());
        proxy.Fault = async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/$batch", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref underWay) == Transactions)
                {
                    all.SetResult();
                }

                // Where they come one after the other, none is held for ever.
                await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, token));
            }

            return false;
        };
        var cells = Enumerable.Range(0, Transactions * RunCost.RowsPerTransaction).Select(number => new PlannedCell(number / 100, number % 100, PatchQualities.None)).ToList();
        var toy = ToyRun.Settings("wide.tif");
        var settings = toy with { Tiling = toy.Tiling with { BatchSize = cells.Count } };
        var plan = new TilingPlan(1, settings, DateTimeOffset.UnixEpoch, new SlideProperties("tiff", 5000, 400, 4, 4, "slide", 0, 5000, 400), 10, 1, [.. cells]);
        var scores = new BatchScores("cpu", 1, [.. cells.Select(cell => new PatchScore(cell.Cell, 0.5f, PatchQualities.None))]);
        var patches = new PatchTable(AccountClients.Of(proxy.ConnectionString));

        var writing = patches.WriteBatchAsync(SlideId.FromName("wide.tif"), settings.ToRunId(), 0, scores, plan, token);
        await Task.WhenAny(writing, all.Task);

        Assert.True(all.Task.IsCompleted);
        await writing;
    }
}
