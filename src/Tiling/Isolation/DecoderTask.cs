using IdcFunctions.Tiling.Reading;

namespace IdcFunctions.Tiling.Isolation;

/// <summary>What the parent has to do while a decoder works.</summary>
/// <param name="Slide">The slide's name, for errors.</param>
/// <param name="Source">Where the slide's bytes are; null where none are needed.</param>
/// <param name="PatchSidePixels">A patch's side in pixels.</param>
/// <param name="Receive">Takes the patches; null where there are none.</param>
internal sealed record DecoderTask(string Slide, IRangeSource? Source, int PatchSidePixels, PatchReceiver? Receive)
{
    /// <summary>Bytes of one patch.</summary>
    public int PatchBytes => PatchSidePixels * PatchSidePixels * 3;
}
