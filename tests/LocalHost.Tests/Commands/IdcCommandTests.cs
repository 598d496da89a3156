using System.Diagnostics;

namespace IdcFunctions.LocalHost.Tests.Commands;

/// <summary>The built program's surface; the line behind it is tested end to end.</summary>
public sealed class IdcCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idc-test-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--help", "demo score train storage --data --port --lease --training-hour-price")]
    [InlineData("demo --help", "--results --data --port --lease")]
    [InlineData("score --help", "<paths> --results --mpp --json --data --port --lease")]
    [InlineData("storage --help", "--data")]
    public async Task Help_names_the_options(string arguments, string named)
    {
        var (code, output, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (code, errors));
        Assert.All(named.Split(' '), name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("score slide.svs --results out --nonsense")]
    [InlineData("demo --nonsense")]
    public async Task An_unknown_option_is_named_and_fails(string arguments)
    {
        var (code, _, errors) = await RunAsync(arguments.Split(' '));

        Assert.Equal(1, code);
        Assert.Contains("--nonsense", Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("score no-such-slide.svs --results out", "no-such-slide.svs: there is no such file or folder.")]
    [InlineData("score slide.svs --results out --mpp abc", "--mpp: 'abc' is no µm/px between 0.01 and 1000.")]
    [InlineData("score slide.svs --results out --mpp 0", "--mpp: '0' is no µm/px between 0.01 and 1000.")]
    [InlineData("score slide.svs --results out --mpp NaN", "--mpp: 'NaN' is no µm/px between 0.01 and 1000.")]
    [InlineData("score slide.svs", "--results")]
    [InlineData("score slide.svs --results out --lease 0", "--lease: '0' is no duration (hh:mm:ss) between 00:00:01 and 01:00:00.")]
    [InlineData("score slide.svs --results out --lease 01:00:01", "--lease: '01:00:01' is no duration (hh:mm:ss) between 00:00:01 and 01:00:00.")]
    [InlineData("score slide.svs --results out --lease soon", "--lease: 'soon' is no duration (hh:mm:ss) between 00:00:01 and 01:00:00.")]
    [InlineData("--training-hour-price -1", "--training-hour-price: '-1' is no price from 0.")]
    [InlineData("--port 70000", "--port: '70000' is no port between 0 and 65535.")]
    [InlineData("--port http", "--port: 'http' is no port between 0 and 65535.")]
    public async Task What_can_t_be_done_is_told_in_one_line_and_starts_nothing(string arguments, string told)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "slide.svs"), "", Cancellation);

        var (code, _, errors) = await RunAsync([.. arguments.Split(' '), "--data", "data"]);

        Assert.Equal(1, code);
        Assert.Contains(told, Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "data")));
        Assert.False(Directory.Exists(Path.Combine(folder, "out")));
    }

    /// <summary>A second storage over the same files would write its own state over the first one's.</summary>
    [Fact]
    public async Task Only_one_storage_runs_over_a_folder_whichever_comes_first()
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        await using var held = DataFolderLock.TryTake(data);
        var afterServing = await RunAsync(["storage", "--data", "data"]);
        await new SiteAddress(data).WriteStorageOnlyAsync(Cancellation);

        var afterStorage = await RunAsync(["--data", "data", "--port", "0"]);

        Assert.Equal((1, 1), (afterServing.Code, afterStorage.Code));
        Assert.Contains($"{data} is in use by another idc", Assert.Single(Lines(afterServing.Errors)), StringComparison.Ordinal);
        Assert.Contains($"{data} is in use by 'idc storage'", Assert.Single(Lines(afterStorage.Errors)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(data, "azurite")));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Idc, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await errors);
    }
}
