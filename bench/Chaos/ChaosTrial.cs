namespace IdcFunctions.Bench.Chaos;

/// <summary>START: one seed's slides through a calm line and through one under kills and faults, and what differs afterwards.</summary>
public static class ChaosTrial
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan LongestBetweenKills = TimeSpan.FromSeconds(6);

    /// <summary>Folder of the app that was built with this program.</summary>
    public static string BuiltApp => ChaosHost.BuiltApp;

    /// <summary>Runs a trial.</summary>
    /// <returns>What was done, and every difference; none is the expected result.</returns>
    public static async Task<(ChaosCounts Counts, IReadOnlyList<string> Differences)> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var lives = SlideLife.Draw(options);
        var (_, calm) = await LiveAsync(options, lives, isCalm: true, cancellationToken);
        var (counts, harmed) = await LiveAsync(options, lives, isCalm: false, cancellationToken);
        return (counts, calm is null ? ["the calm line did not come to rest"] : harmed is null ? [$"the line did not come to rest within {Limit}"] : harmed.DifferencesFrom(calm));
    }

    private static async Task<(ChaosCounts Counts, SiteSnapshot? Snapshot)> LiveAsync(ChaosOptions options, IReadOnlyList<SlideLife> lives, bool isCalm, CancellationToken cancellationToken)
    {
        await using var site = await ChaosSite.StartAsync(options, isCalm, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var resting = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var sweeping = site.SweepAsync(resting.Token);
        try
        {
            var upgrading = isCalm || options.UpgradeFrom is null ? Task.CompletedTask : site.UpgradeAsync(Upgrade.Draw(options), limit.Token);
            var killing = isCalm ? Task.CompletedTask : KillAsync(options, site, upgrading, limit.Token);
            await Task.WhenAll(lives.Select(life => life.BeginAsync(site, limit.Token)));

            // What is decided keeps its model; which it gets must not hang on the trial's pace.
            await Task.WhenAll(lives.Select(life => site.WaitUntilDecidedAsync(life, limit.Token)));
            await site.ActivateAsync(limit.Token);
            await Task.WhenAll(lives.Select(life => life.EndAsync(site, limit.Token)));
            await Task.WhenAll(killing, upgrading);
            site.CalmDown();
            await Task.WhenAll(lives.Select(life => site.SettleAsync(life, limit.Token)));
            await site.WaitUntilIdleAsync(limit.Token);
            return (site.Counts, await SiteSnapshot.ReadAsync(site, options.OlderLacks, limit.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (site.Counts, null);
        }
        finally
        {
            await resting.CancelAsync();
            await sweeping;
        }
    }

    private static async Task KillAsync(ChaosOptions options, ChaosSite site, Task upgrading, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed + 1);
        for (var kills = 0; kills < options.Kills; kills++)
        {
            if (kills == options.Kills / 2)
            {
                // Where there is an upgrade, half of the kills meet the new app.
                await upgrading;
            }

            await Task.Delay(LongestBetweenKills * random.NextDouble(), cancellationToken);
            await site.KillAsync(isHost: random.Next(2) == 0, cancellationToken);
        }
    }
}
