namespace IdcFunctions.Slides.Runs;

/// <summary>What a pixel at the model's spacing shows.</summary>
public enum PixelKind
{
    /// <summary>Glass: no colour that stain has.</summary>
    Glass,

    /// <summary>Stained tissue.</summary>
    Tissue,

    /// <summary>Pen or ink of a colour that H&amp;E never has, or the scanner's black border.</summary>
    InkOrBlack,
}
