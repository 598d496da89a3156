using System.Globalization;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Tiling.Reading.OpenSlide;

namespace IdcFunctions.Tiling.Tests.Reading;

public sealed class ScratchFileTests
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_lies_where_nobody_else_can_look_and_is_gone_when_it_was_read()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        string path;
        using (var copy = ScratchFile.Copy(new MemoryRangeSource([1, 2, 3]), "a.ndpi", Cancellation))
        {
            path = copy.Path;
            Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(path, Cancellation));
            Assert.Equal(OwnersAlone, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_folder_that_others_can_look_into_is_named_and_nothing_is_copied_to_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        string folder;
        using (var copy = ScratchFile.Copy(new MemoryRangeSource([1]), "a.ndpi", Cancellation))
        {
            folder = Path.GetDirectoryName(copy.Path)!;
        }

        File.SetUnixFileMode(folder, OwnersAlone | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        try
        {
            var refused = Assert.Throws<SlideRefusedException>(() => ScratchFile.Copy(new MemoryRangeSource([1]), "a.ndpi", Cancellation));

            Assert.Equal("scratch-folder-shared", refused.Failure.Code);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"a.ndpi: its format must be copied to disk to be read, and the folder for it, {folder}, "), refused.Failure.Reason, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder, OwnersAlone);
        }
    }
}
