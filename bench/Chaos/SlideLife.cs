using IdcFunctions.Fixtures;

namespace IdcFunctions.Bench.Chaos;

/// <summary>A slide of a trial: its content, and when what happens to it, all from the trial's seed.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fate">What happens to it.</param>
/// <param name="First">What is dropped first.</param>
/// <param name="Second">What is dropped second, where its fate has that.</param>
/// <param name="Pauses">The pauses before each step; a calm trial waits for the step's result instead.</param>
internal sealed record SlideLife(string Name, SlideFate Fate, byte[] First, byte[] Second, IReadOnlyList<TimeSpan> Pauses)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <summary>True where the slide is to fail.</summary>
    public bool IsRefused => Fate == SlideFate.Refused;

    /// <summary>The slides of a trial: the fates in turn.</summary>
    public static IReadOnlyList<SlideLife> Draw(ChaosOptions options)
    {
        var random = new Random(options.Seed);
        var fates = Enum.GetValues<SlideFate>();
        return [.. Enumerable.Range(0, options.Slides).Select(i => Draw(i, fates[i % fates.Length], random))];
    }

    /// <summary>What happens before another model is activated.</summary>
    public async Task BeginAsync(ChaosSite site, CancellationToken cancellationToken)
    {
        if (Fate == SlideFate.DroppedLater)
        {
            return;
        }

        await PauseAsync(site, 0, cancellationToken);
        await site.DropAsync(Name, First, cancellationToken);
        await PauseAsync(site, 1, cancellationToken);
        switch (Fate)
        {
            case SlideFate.Replaced:
                await site.DropAsync(Name, Second, cancellationToken);
                break;
            case SlideFate.DroppedAgain:
                await site.DeleteBlobAsync(Name, cancellationToken);
                await PauseAsync(site, 2, cancellationToken);
                await site.DropAsync(Name, First, cancellationToken);
                break;
            case SlideFate.Deleted:
                await site.CallAsync(HttpMethod.Delete, Name, "", cancellationToken);
                site.Forget(Name);
                break;
            case SlideFate.Restored:
                await site.CallAsync(HttpMethod.Delete, Name, "", cancellationToken);
                await PauseAsync(site, 2, cancellationToken);
                await site.CallAsync(HttpMethod.Post, Name, "/restore", cancellationToken);
                break;
            default:
                break;
        }
    }

    /// <summary>What happens after another model was activated.</summary>
    public async Task EndAsync(ChaosSite site, CancellationToken cancellationToken)
    {
        await PauseAsync(site, 3, cancellationToken);
        if (Fate == SlideFate.DroppedLater)
        {
            await site.DropAsync(Name, First, cancellationToken);
        }
        else if (Fate == SlideFate.Rescored)
        {
            // So that there are patches to read again.
            await site.SettleAsync(this, cancellationToken);
            await site.CallAsync(HttpMethod.Post, Name, "/rescore", cancellationToken);
        }
        else if (Fate == SlideFate.Deleted)
        {
            await site.WaitUntilPurgedAsync(Name, cancellationToken);
        }
    }

    private static SlideLife Draw(int number, SlideFate fate, Random random) => new(
        $"{number:D2} {fate}.tif",
        fate,
        fate == SlideFate.Refused ? "This is no slide."u8.ToArray() : Tissue(random.Next()),
        fate == SlideFate.Replaced ? Tissue(random.Next()) : [],
        [.. Enumerable.Range(0, 4).Select(_ => LongestPause * random.NextDouble())]);

    private static byte[] Tissue(int seed) => SyntheticSlide.OfTissue(1000, 800, 4, seed).ToLibvipsPyramid(4);

    private Task PauseAsync(ChaosSite site, int step, CancellationToken cancellationToken) =>
        site.IsCalm ? site.SettleAsync(this, cancellationToken) : Task.Delay(Pauses[step], cancellationToken);
}
