namespace IdcFunctions.EndToEnd.Tests;

/// <summary>One line for the tests of a class that do it no harm.</summary>
public sealed class SharedLine : IAsyncLifetime
{
    /// <summary>The line.</summary>
    public Line Line { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Line = await Line.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Line.DisposeAsync();
}
