using System.Globalization;
using IdcFunctions.Functions.Viewing;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Tests.Viewing;

/// <summary>The allowance is the smallest there is, 1 GiB; the copies are files without content, which take no disk.</summary>
public sealed class ViewCopiesTests : IDisposable
{
    private const long Mebibyte = 1 << 20;

    private readonly ViewCopies copies = Open();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_for_which_there_is_no_more_room_takes_that_of_the_least_recently_used()
    {
        var first = await MakeAsync("first", 400);
        var second = await MakeAsync("second", 400);
        Assert.True(copies.Has("first", "1"));

        var third = await MakeAsync("third", 400);

        Assert.Equal((true, false, true), (copies.Has("first", "1"), copies.Has("second", "1"), copies.Has("third", "1")));
        Assert.Equal((true, false, true), (File.Exists(first), File.Exists(second), File.Exists(third)));
        Assert.Equal(third, await copies.GetAsync("third", "1", 400 * Mebibyte, (_, _) => throw new InvalidOperationException("It is there."), Cancellation));
    }

    [Fact]
    public async Task Room_is_made_for_what_a_copy_really_takes()
    {
        await MakeAsync("first", 600);

        var second = await copies.GetAsync("second", "1", 1, (path, _) => WriteAsync(path, 600), Cancellation);

        Assert.Equal((false, true, true), (copies.Has("first", "1"), copies.Has("second", "1"), File.Exists(second)));
    }

    [Theory]
    [InlineData(1100, 1)]
    [InlineData(1, 1100)]
    public async Task A_copy_larger_than_all_room_is_refused_with_both_sizes_and_leaves_the_others(int claimed, int real)
    {
        await MakeAsync("small", 1);
        var path = "";

        var refused = await Assert.ThrowsAsync<IOException>(() => copies.GetAsync("large", "1", claimed * Mebibyte, (to, _) => WriteAsync(path = to, real), Cancellation));

        Assert.Equal("1.2 GB would have to be copied, 1.1 GB may be.", refused.Message);
        Assert.Equal((true, false, false), (copies.Has("small", "1"), copies.Has("large", "1"), File.Exists(path)));
    }

    [Fact]
    public async Task Nobody_else_can_look_into_the_folder()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        var folder = Path.GetDirectoryName(await MakeAsync("slide", 1))!;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task What_a_dead_process_left_is_removed_at_the_start_and_what_a_running_one_has_stays()
    {
        var mine = await MakeAsync("slide", 1);
        var left = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"idc-views-{int.MaxValue}-left"));
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "1"), "", Cancellation);

        using var others = await Task.Run(Open, Cancellation);
        using var atOnce = await Task.Run(Open, Cancellation);

        Assert.Equal((true, false), (File.Exists(mine), Directory.Exists(left)));
    }

    /// <inheritdoc/>
    public void Dispose() => copies.Dispose();

    private static ViewCopies Open() => new(Options.Create(new ViewOptions { CopyGibibytes = 1 }), TimeProvider.System);

    private Task<string> MakeAsync(string name, int mebibytes) => copies.GetAsync(name, "1", mebibytes * Mebibyte, (path, _) => WriteAsync(path, mebibytes), Cancellation);

    private static Task WriteAsync(string path, int mebibytes)
    {
        using var file = File.Create(path);
        file.SetLength(mebibytes * Mebibyte);
        return Task.CompletedTask;
    }
}
