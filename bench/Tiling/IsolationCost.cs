using System.Globalization;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.Bench.Tiling;

/// <summary>What it costs that slides are decoded in a process of their own: the same slide tiled there and in this process, in alternating pairs.</summary>
internal static class IsolationCost
{
    private const int Pairs = 5;

    /// <summary>Prints both times of each pair, the median of their ratio, and what starting a decoder takes.</summary>
    public static async Task RunAsync(string slide)
    {
        // As the decoder does for itself.
        NetVips.NetVips.Concurrency = 1;
        using var decoders = new SlideDecoders(new DecoderOptions(), TimeProvider.System);
        var start = await SecondsAsync(() => decoders.ReasonAgainstMaskAsync([], "none", null, CancellationToken.None));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"starting a decoder, once for many slides: {start:0.000} s"));
        await ApartAsync();
        await HereAsync();
        var ratios = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var (apart, here) = (await ApartAsync(), await HereAsync());
            ratios.Add(apart / here);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"in a decoder process {apart:0.000} s, in this process {here:0.000} s"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a process of its own takes {ratios[Pairs / 2]:0.00} times as long ({ratios[0]:0.00} to {ratios[^1]:0.00})"));

        Task<double> ApartAsync() => SecondsAsync(() => decoders.TileAsync(new CountedFile(slide), Reading.Request(slide), Take, CancellationToken.None));

        Task<double> HereAsync() => SecondsAsync(() => SlideTiler.TileAsync(new CountedFile(slide), Reading.Request(slide), Take, CancellationToken.None));

        static ValueTask Take(IReadOnlyList<Slides.Runs.PlannedCell> cells, ReadOnlyMemory<byte> patches, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }
}
