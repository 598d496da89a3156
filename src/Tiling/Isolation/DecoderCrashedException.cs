namespace IdcFunctions.Tiling.Isolation;

/// <summary>The process that decoded a slide died, or was ended for its memory or its time. Nothing else was harmed.</summary>
/// <param name="slide">The slide's name.</param>
/// <param name="how">How it ended, in words for the slide's row.</param>
public sealed class DecoderCrashedException(string slide, string how) : Exception($"{slide}: the decoder {how}.");
