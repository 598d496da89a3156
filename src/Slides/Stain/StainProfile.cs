namespace IdcFunctions.Slides.Stain;

/// <summary>
/// The colours of a slide's (or a training case's) stained pixels, in optical density: means over pixels of the shares
/// that the channels have in a pixel's density, which tell the stain, and of the density itself, which tells its strength.
/// </summary>
/// <param name="RedShare">Mean share of the red channel in the density, in [0, 1]: haematoxylin absorbs red.</param>
/// <param name="BlueShare">Mean share of the blue channel, in [0, 1]: DAB absorbs blue. The rest is green's.</param>
/// <param name="Density">Mean optical density of a pixel, averaged over the channels.</param>
/// <param name="Pixels">Stained pixels.</param>
public sealed record StainProfile(double RedShare, double BlueShare, double Density, long Pixels);
