using System.Globalization;
using IdcFunctions.Slides;

namespace IdcFunctions.Tiling;

/// <summary>Every reason for which a slide is refused, each with its stable code and the way out.</summary>
public static class SlideFailures
{
    private const string OpenSlideRemedy =
        "Install OpenSlide on the machine that tiles (Debian: apt install libopenslide0) and retry, "
        + "or convert the slide to a pyramidal TIFF and upload that.";

    /// <summary>The blob has no bytes.</summary>
    public static SlideRefusedException Empty(string slide) =>
        Of("file-empty", $"{slide}: the file is empty.", "Upload it again; the transfer may have been cut off.");

    /// <summary>The first bytes belong to no known format.</summary>
    public static SlideRefusedException UnknownFormat(string slide, string found) =>
        Of(
            "format-unknown",
            $"{slide}: {found}",
            "Upload a whole-slide image: Aperio SVS, pyramidal TIFF or OME-TIFF, "
            + "or a PNG or JPEG with its µm/px in the blob metadata 'spacing_um_px'.");

    /// <summary>The format can only be read with OpenSlide, which is not there.</summary>
    public static SlideRefusedException NeedsOpenSlide(string slide, string format) =>
        Of("format-needs-openslide", $"{slide}: it is {format}, which needs the library OpenSlide, and that is not installed.", OpenSlideRemedy);

    /// <summary>Nothing here reads the format.</summary>
    public static SlideRefusedException FormatUnsupported(string slide, string format) =>
        Of(
            "format-unsupported",
            $"{slide}: it is {format}, which nothing here reads.",
            "Convert it to a pyramidal TIFF (for example with Bio-Formats' bfconvert) and upload that.");

    /// <summary>The slide is several files, and only one of them is here.</summary>
    public static SlideRefusedException SeveralFiles(string slide, string format) =>
        Of(
            "format-several-files",
            $"{slide}: {format} keeps a slide in several files, and a blob is one.",
            "Export it as a single file, such as a pyramidal TIFF, and upload that.");

    /// <summary>A reader needs a temporary copy, and the disk has no room for it.</summary>
    public static SlideRefusedException NoScratchSpace(string slide, long length, long free) =>
        Of(
            "scratch-space",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{slide}: its format must be copied to disk to be read; "
                + $"it has {length / 1e9:0.0} GB, the disk {free / 1e9:0.0} GB free."),
            "Free space on the machine that tiles, or set its TMPDIR to a larger disk; then retry the slide.");

    /// <summary>The folder for temporary copies is not this program's user's alone.</summary>
    public static SlideRefusedException ScratchFolderShared(string slide, string folder) =>
        Of(
            "scratch-folder-shared",
            $"{slide}: its format must be copied to disk to be read, "
            + $"and the folder for it, {folder}, can be read by others or is another user's.",
            "Remove that folder on the machine that tiles, or set its TMPDIR to another; then retry the slide.");

    /// <summary>The blob is in the archive tier.</summary>
    public static SlideRefusedException Archived(string slide, string step, Exception? cause = null) =>
        new(
            new SlideFailure(
                step,
                "slide-archived",
                $"{slide}: the blob is in the archive tier and can't be read.",
                "Move it to a warmer tier, then rescore the slide."),
            cause);

    /// <summary>The pixels are no RGB and can't be made RGB.</summary>
    public static SlideRefusedException ColoursUnknown(string slide, string found) =>
        Of("colours-unknown", $"{slide}: its pixels are no RGB: {found}", "Export the H&E image as 8-bit RGB, as a pyramidal TIFF, and upload that.");

    /// <summary>The colour profile that is to be applied is not there, or not to be had.</summary>
    public static SlideRefusedException NoColourProfile(string slide, string found) =>
        Of(
            "no-colour-profile",
            $"{slide}: its ICC profile is to be applied, but {found}",
            "Remove the blob metadata 'icc' (idc score: --icc) and rescore the slide; "
            + "its colours are then taken as the scanner stored them.");

    /// <summary>The file ends before its directories or pixels do.</summary>
    public static SlideRefusedException Truncated(string slide, string what) =>
        Of("slide-truncated", $"{slide}: the file is cut off: {what}", "Copy it again from the scanner and upload it again.");

    /// <summary>The file's structure contradicts itself.</summary>
    public static SlideRefusedException Damaged(string slide, string what, Exception? cause = null) =>
        new(
            new SlideFailure(
                FailureSteps.Tile,
                "slide-damaged",
                $"{slide}: it can't be decoded: {what}",
                "Copy it again from the scanner, or convert it to a pyramidal TIFF, and upload it again."),
            cause);

    /// <summary>No µm/px is known.</summary>
    public static SlideRefusedException SpacingUnknown(string slide, string found) =>
        Of(
            "spacing-unknown",
            $"{slide}: µm/px is in neither blob metadata, slide metadata nor TIFF resolution ({found}).",
            "Upload it again with its µm/px (on the page beside the files, idc score: --mpp), for example 0.25 for a 40x scan; "
            + "or set the blob metadata 'spacing_um_px' and retry.");

    /// <summary>The finest level is coarser than the model's spacing.</summary>
    public static SlideRefusedException ResolutionTooLow(string slide, double spacing, double target) =>
        Of(
            "resolution-too-low",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{slide}: its finest level has {spacing:0.###} µm/px, the model needs {target:0.###} or finer."),
            "Scan it at a higher magnification, correct the µm/px if it is wrong, "
            + "or set the blob metadata 'upsample' (idc score: --upsample) to enlarge it: "
            + "its patches then show less than those the model knows.");

    /// <summary>Not one whole patch fits in.</summary>
    public static SlideRefusedException TooSmall(string slide, long width, long height, double patchUm) =>
        Of(
            "slide-too-small",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{slide}: {width} × {height} px is smaller than one patch of {patchUm:0.###} µm."),
            "Upload a larger part of the slide, or correct the µm/px if it is wrong.");

    /// <summary>The header claims more pixels than can be read.</summary>
    public static SlideRefusedException TooLarge(string slide, string what) =>
        Of("slide-too-large", $"{slide}: {what}", "Convert it to a pyramidal TIFF with a level near 4 µm/px and upload that.");

    /// <summary>At the wanted stride the slide has more cells than are scored.</summary>
    public static SlideRefusedException TooManyCells(string slide, int stride, long cells, int most) =>
        Of(
            "too-many-cells",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{slide}: at a stride of {stride} px its grid has {cells} cells; at most {most} are scored."),
            "Set a larger stride (blob metadata 'stride', idc score: --stride) or only a part of the slide ('region', --region); "
            + "then rescore the slide.");

    /// <summary>The user's mask is no picture of this slide.</summary>
    public static SlideRefusedException MaskUnusable(string slide, string found) =>
        Of(
            "mask-unusable",
            $"{slide}: its mask can't be used: {found}",
            "Put a PNG of the whole slide, at any size, or delete the mask; either makes a new run.");

    private static SlideRefusedException Of(string code, string reason, string remedy) =>
        new(new SlideFailure(FailureSteps.Tile, code, reason, remedy));
}
