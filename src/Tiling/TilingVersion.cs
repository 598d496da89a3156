namespace IdcFunctions.Tiling;

/// <summary>What the patches of given bytes depend on besides the settings.</summary>
public static class TilingVersion
{
    /// <summary>Raised when the same slide and settings would give other patches.</summary>
    private const int Code = 5;

    /// <summary>The code's version and libvips', e.g. <c>2;libvips 8.18.7</c>.</summary>
    public static string Current { get; } = $"{Code};libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}";
}
