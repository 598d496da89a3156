using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Tiling.Reading;

/// <summary>Finds a pyramid's levels, directory by directory, and stops at the one that is wanted.</summary>
internal static class SlidePyramid
{
    private const int MostPages = 256;
    private const int MostSubImages = 32;

    /// <summary>No scanner reduces by less than this from one level to the next: a level this near to the limit is the coarsest that fits.</summary>
    private const double LeastStep = 1.4;

    /// <summary>The directory of a page, counted from 0.</summary>
    /// <exception cref="Slides.SlideRefusedException">There is no such page.</exception>
    public static TiffDirectory Page(TiffFile file, TiffDirectory first, long page, string slide)
    {
        var directory = first;
        foreach (var next in PagesAfter(file, file.FirstDirectory, first, slide))
        {
            if (page-- == 0)
            {
                return directory;
            }

            directory = next;
        }

        return page == 0 ? directory : throw SlideFailures.Damaged(slide, "its OME-XML names a page that it does not have.");
    }

    /// <summary>The slide's levels, finest first, as far as the wanted one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="full">The slide's full resolution.</param>
    /// <param name="hasPages">True where pages may be levels, false where only sub-images of the slide's page are.</param>
    /// <param name="spacing">Level 0's µm/px.</param>
    /// <param name="coarsestUmPx">The coarsest µm/px of a level that fits.</param>
    /// <param name="slide">The slide's name, for errors.</param>
    public static List<SlideLevel> Levels(
        TiffFile file, TiffDirectory full, bool hasPages, MicronsPerPixel spacing, double coarsestUmPx, string slide)
    {
        List<SlideLevel> levels = [SlideLevel.Full(full.Width, full.Height, full)];
        if (IsWanted(levels[0]))
        {
            return levels;
        }

        foreach (var directory in SubImages(file, full))
        {
            if (SlideLevel.Reduced(levels[0], directory.Width, directory.Height, directory) is { } level && Add(level))
            {
                return levels;
            }
        }

        if (!hasPages || levels.Count > 1)
        {
            return levels;
        }

        foreach (var directory in PagesAfter(file, file.FirstDirectory, full, slide))
        {
            if (IsLevelsPage(full, directory)
                && SlideLevel.Reduced(levels[0], directory.Width, directory.Height, directory) is { } level
                && (full.IsTiled || level.IsWhole)
                && Add(level))
            {
                return levels;
            }
        }

        return levels;

        double UmPx(SlideLevel level) => Math.Max(spacing.X * level.DownsampleX, spacing.Y * level.DownsampleY);

        bool IsWanted(SlideLevel level) => UmPx(level) <= coarsestUmPx && UmPx(level) * LeastStep > coarsestUmPx;

        // Says whether the walk is over: the wanted level is there, or, in files ordered by size, the first that is too coarse.
        bool Add(SlideLevel level)
        {
            var isOrdered = level.Width <= levels[^1].Width;
            var isPast = isOrdered && levels.Count > 1 && UmPx(level) > coarsestUmPx && UmPx(levels[^1]) <= coarsestUmPx;
            levels.Add(level);
            levels.Sort((left, right) => right.Width.CompareTo(left.Width));
            return isPast || IsWanted(level);
        }
    }

    /// <summary>
    /// Whether a page may be a level: tiled as the slide is, or, in a slide of strips, called a reduced image by the file.
    /// Thumbnails, labels and macros are in strips beside a tiled slide.
    /// </summary>
    private static bool IsLevelsPage(TiffDirectory full, TiffDirectory page) =>
        page.IsTiled == full.IsTiled && (full.IsTiled || page.IsReducedImage) && page.Compression == full.Compression;

    private static IEnumerable<TiffDirectory> SubImages(TiffFile file, TiffDirectory full) =>
        file.Numbers(full, 330, MostSubImages).Select(file.ReadDirectory);

    private static IEnumerable<TiffDirectory> PagesAfter(TiffFile file, long firstOffset, TiffDirectory first, string slide)
    {
        var seen = new HashSet<long> { firstOffset };
        for (var offset = first.Next; offset != 0;)
        {
            if (!seen.Add(offset))
            {
                throw SlideFailures.Damaged(slide, "its directories form a loop.");
            }

            if (seen.Count > MostPages)
            {
                throw SlideFailures.TooLarge(slide, $"it has more than {MostPages} pages.");
            }

            var page = file.ReadDirectory(offset);
            yield return page;
            offset = page.Next;
        }
    }
}
