namespace IdcFunctions.Tiling.Isolation;

/// <summary>What a decoder is asked for.</summary>
/// <param name="Length">The slide's length in bytes.</param>
/// <param name="Tiling">How it is to be read.</param>
internal sealed record DecoderRequest(long Length, TilingRequest Tiling);
