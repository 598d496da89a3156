namespace IdcFunctions.Tiling.Viewing;

/// <summary>How a slide can be looked at by parts.</summary>
public enum ViewKind
{
    /// <summary>Where it lies: of a TIFF only the tiles in sight are read.</summary>
    Parts,

    /// <summary>A PNG or JPEG has no parts: it is made a pyramid of once.</summary>
    Picture,

    /// <summary>OpenSlide reads it, which knows files only: of a copy.</summary>
    OpenSlide,
}
