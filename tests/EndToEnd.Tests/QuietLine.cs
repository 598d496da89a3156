namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line that is told of uploads by hand, and whose requests wait for no copy.</summary>
public sealed class QuietLine : IAsyncLifetime
{
    /// <summary>The line.</summary>
    public Line Line { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var options = new LineOptions { WatchesUploads = false };
        Line = await Line.StartAsync(options with { Settings = options.Settings.Add("View__CopyWait", "00:00:00.1") });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Line.DisposeAsync();
}
