namespace IdcFunctions.Bench.Chaos;

/// <summary>When and how a trial goes on with the new app, all from the trial's seed.</summary>
/// <param name="AfterRuns">Runs that the old app completes before; by progress and not by time, so that on a slow machine too both have their part.</param>
/// <param name="Pause">How long it then still is alone at work.</param>
/// <param name="Overlap">How long both are at work, as while one revision takes over from another; zero: the old one ends first.</param>
/// <param name="IsKilled">True where the old host is killed, and its handler left an orphan; else it ends in order.</param>
internal sealed record Upgrade(int AfterRuns, TimeSpan Pause, TimeSpan Overlap, bool IsKilled)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromSeconds(8);

    /// <summary>A trial's upgrade.</summary>
    public static Upgrade Draw(ChaosOptions options)
    {
        var random = new Random(options.Seed + 2);
        var (runs, pause) = (random.Next(1, (options.Slides / 2) + 1), LongestPause * random.NextDouble());
        var (isOverlapping, overlap) = (random.Next(2) == 0, LongestOverlap * random.NextDouble());
        return new Upgrade(runs, pause, isOverlapping ? overlap : TimeSpan.Zero, IsKilled: random.Next(2) == 0);
    }
}
