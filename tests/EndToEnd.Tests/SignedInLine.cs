namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line whose app trusts the platform's sign-in.</summary>
public sealed class SignedInLine : IAsyncLifetime
{
    /// <summary>The line.</summary>
    public Line Line { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var options = new LineOptions { WatchesUploads = false };
        Line = await Line.StartAsync(options with { Settings = options.Settings.SetItem("Auth__Mode", "EasyAuth") });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Line.DisposeAsync();
}
