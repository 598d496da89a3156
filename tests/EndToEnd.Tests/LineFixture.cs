namespace IdcFunctions.EndToEnd.Tests;

/// <summary>One line for the tests of a class.</summary>
/// <param name="options">How it is started.</param>
public abstract class LineFixture(LineOptions options) : IAsyncLifetime
{
    /// <summary>The line.</summary>
    public Line Line { get; private set; } = null!;

    /// <inheritdoc/>
    public virtual async ValueTask InitializeAsync() => Line = await Line.StartAsync(options);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Line.DisposeAsync();
    }
}
