using IdcFunctions.Bench.Chaos;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>One seed of the chaos harness; <c>bench/Chaos</c> runs many.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Kills_faults_an_upgrade_and_messages_out_of_order_leave_what_a_calm_line_leaves()
    {
        var (counts, differences) = await ChaosTrial.RunAsync(new ChaosOptions { Seed = 1, Slides = 8, Kills = 3, UpgradeFrom = ChaosTrial.BuiltApp }, TestContext.Current.CancellationToken);

        Assert.Empty(differences);
        Assert.Equal(3, counts.HandlerKills + counts.HostKills);
        Assert.True(counts is { HandlerKills: > 0, HostKills: > 0, Doubled: > 0, Late: > 0, FailedRequests: > 0 });
    }
}
