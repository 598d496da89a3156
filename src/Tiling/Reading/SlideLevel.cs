namespace IdcFunctions.Tiling.Reading;

/// <summary>A level of a slide's pyramid.</summary>
/// <param name="Page">TIFF page.</param>
/// <param name="SubImage">Sub-image of that page; -1 for the page itself.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="PixelsEnd">Where its pixels end in the file.</param>
public sealed record SlideLevel(int Page, int SubImage, long Width, long Height, long PixelsEnd);
