namespace IdcFunctions.Tiling.Viewing;

/// <summary>
/// What a decoder makes of a small TIFF: a JPEG of <paramref name="Width"/> × <paramref name="Height"/> px whose pixel
/// (0, 0) begins at (<paramref name="Left"/>, <paramref name="Top"/>) and whose pixels are <paramref name="ScaleX"/> ×
/// <paramref name="ScaleY"/> of the TIFF's.
/// </summary>
/// <param name="Slide">The slide's name, for messages.</param>
/// <param name="Left">Left edge in the TIFF's pixels.</param>
/// <param name="Top">Top edge in the TIFF's pixels.</param>
/// <param name="ScaleX">The TIFF's pixels along one pixel's width, at least 1 but for rounding.</param>
/// <param name="ScaleY">The same along its height.</param>
/// <param name="Width">Width of the JPEG.</param>
/// <param name="Height">Height of the JPEG.</param>
/// <param name="Quality">JPEG quality, 1 to 100.</param>
internal sealed record PictureRequest(string Slide, double Left, double Top, double ScaleX, double ScaleY, int Width, int Height, int Quality);
