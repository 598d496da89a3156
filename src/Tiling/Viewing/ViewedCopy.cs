using IdcFunctions.Tiling.Isolation;
using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Viewing;

/// <summary>A slide that OpenSlide reads, of a copy in a file; decoder processes keep the file open.</summary>
public sealed class ViewedCopy : ViewedSlide
{
    private readonly string path;

    private ViewedCopy(string path, string name, List<SlideLevel> levels)
        : base(name, levels) => this.path = path;

    /// <inheritdoc/>
    public override long TableBytes => Levels.Count * 64;

    /// <summary>Opens the copy.</summary>
    /// <exception cref="Slides.SlideRefusedException">OpenSlide can't read it.</exception>
    public static async Task<ViewedCopy> OpenAsync(string path, string name, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        var sizes = await decoders.LevelsAsync(path, name, cancellationToken);
        var full = SlideLevel.Full(sizes[0].Width, sizes[0].Height, null);
        var reduced = sizes.Skip(1).Select(size => new SlideLevel(
            size.Width, size.Height, (double)full.Width / size.Width, (double)full.Height / size.Height, null));
        return new ViewedCopy(path, name, [full, .. reduced]);
    }

    /// <inheritdoc/>
    private protected override Task<byte[]> DrawAsync(
        int index, LevelPart part, PictureRequest picture, SlideDecoders decoders, CancellationToken cancellationToken)
    {
        var level = Levels[index];
        var (left, top) = (Math.Clamp((long)part.MinX, 0, level.Width - 1), Math.Clamp((long)part.MinY, 0, level.Height - 1));
        var width = Math.Clamp((long)Math.Ceiling(part.MaxX), left + 1, level.Width) - left;
        var height = Math.Clamp((long)Math.Ceiling(part.MaxY), top + 1, level.Height) - top;

        // OpenSlide counts places in level-0 pixels, sizes in the level's.
        var region = new CopyRegion(
            index,
            (long)Math.Round(left * level.DownsampleX),
            (long)Math.Round(top * level.DownsampleY),
            (int)width,
            (int)height);
        return decoders.DrawCopyAsync(path, region, picture with { Left = part.MinX - left, Top = part.MinY - top }, cancellationToken);
    }
}
