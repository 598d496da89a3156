using System.Diagnostics;
using System.Globalization;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Tiling.Isolation;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Slides are decoded in processes of their own, whose end harms nobody.</summary>
public sealed class DecoderTests
{
    private const string Name = "large.tif";

    private static readonly Dictionary<string, string> Spacing = new() { ["spacing_um_px"] = "1" };

    [Fact]
    public async Task A_slide_whose_decoder_dies_twice_fails_and_the_next_slide_does_not()
    {
        await using var line = await StartAsync("Decoder__MostMebibytes", "128");
        var large = SyntheticSlide.OfTissue(9000, 9000, 1, 51).ToPng();
        await line.DropAsync(Name, large, Spacing);

        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed));

        Assert.Equal("decoder-crashed", failed.GetProperty("failureCode").GetString());
        Assert.Contains("128 MiB", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("the time before", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
        await line.WaitForAsync("small.tif", nameof(RunState.Complete), await line.DropAsync("small.tif", SyntheticSlide.OfTissue(700, 600, 4, 1).ToLibvipsPyramid(4)));
    }

    [Fact]
    public async Task A_slide_that_takes_too_long_is_ended_with_its_reason()
    {
        await using var line = await StartAsync("Decoder__MostTime", "00:00:01");
        await line.DropAsync(Name, SyntheticSlide.OfTissue(12000, 12000, 1, 52).ToPng(), Spacing);

        var failed = await line.WaitForAsync(Name, nameof(RunState.Failed));

        Assert.Contains("longer than 00:00:01", failed.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decoder_that_is_killed_once_costs_nothing_but_time()
    {
        await using var line = await StartAsync("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:01");
        var etag = await line.DropAsync(Name, SyntheticSlide.OfTissue(9000, 9000, 1, 53).ToPng(), Spacing);

        var decoder = await Eventually.ResultAsync(() => line.Log, () => Task.FromResult(DecoderOf(line)));
        Process.GetProcessById(decoder).Kill();

        await line.WaitForAsync(Name, nameof(RunState.Complete), etag);
    }

    [Fact]
    public async Task A_decoder_knows_no_connection_string()
    {
        await using var line = await StartAsync("Decoder__MostMebibytes", "2048");
        await line.WaitForAsync(Name, nameof(RunState.Complete), await line.DropAsync(Name, SyntheticSlide.OfTissue(700, 600, 4, 54).ToLibvipsPyramid(4)));

        var environment = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{DecoderOf(line)}/environ"), TestContext.Current.CancellationToken);

        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", environment, StringComparison.Ordinal);
    }

    private static async Task<Line> StartAsync(string setting, string value)
    {
        var options = new LineOptions();
        return await Line.StartAsync(options with { Settings = options.Settings.Add(setting, value).SetItem("AzureFunctionsJobHost__extensions__queues__visibilityTimeout", "00:00:01") });
    }

    private static int? DecoderOf(Line line)
    {
        foreach (var process in Processes.ChildrenOf(line.Host.Handler.ProcessId ?? 0))
        {
            if (File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Contains(DecoderProgram.Argument, StringComparison.Ordinal))
            {
                return process;
            }
        }

        return null;
    }
}
