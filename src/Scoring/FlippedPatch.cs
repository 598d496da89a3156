using IdcFunctions.Slides.Geometry;

namespace IdcFunctions.Scoring;

/// <summary>A patch that two runs put into different classes.</summary>
/// <param name="Cell">Its place in the grid.</param>
/// <param name="Region">Its place in level-0 pixels.</param>
/// <param name="First">P(IDC) in the first run.</param>
/// <param name="Second">P(IDC) in the second run.</param>
public sealed record FlippedPatch(PatchCell Cell, PixelRegion Region, float First, float Second);
