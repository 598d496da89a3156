namespace IdcFunctions.LocalHost.Tests;

public sealed class SitePartsTests
{
    private static readonly Task Never = Task.Delay(Timeout.Infinite, CancellationToken.None);

    [Fact]
    public async Task The_death_of_what_watches_ends_the_site_with_its_error()
    {
        var parts = new SiteParts();
        parts.Watch(static async token => await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        parts.Watch(static _ => Task.FromException(new InvalidDataException("died")));

        var died = await Assert.ThrowsAsync<InvalidDataException>(() => parts.CompletionAsync(Never).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        Assert.Equal("died", died.Message);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await parts.DisposeAsync());
    }

    [Fact]
    public async Task The_death_of_the_app_ends_the_site_with_its_error() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => new SiteParts().CompletionAsync(Task.FromException(new InvalidDataException())));

    /// <summary>The storage, the first part, saves when it is told to end.</summary>
    [Fact]
    public async Task Every_part_is_ended_the_last_first_whatever_went_wrong_with_another()
    {
        var ended = new List<string>();
        var parts = new SiteParts();
        parts.Add(() => ended.Add("storage"));
        parts.Add(() => throw new IOException("broken"));
        parts.Add(() => ended.Add("host"));
        parts.Watch(static _ => Task.FromException(new InvalidDataException("died")));

        await Assert.ThrowsAsync<IOException>(async () => await parts.DisposeAsync());

        Assert.Equal(["host", "storage"], ended);
    }
}
