namespace IdcFunctions.Tiling;

/// <summary>What a cell's pixels show, as shares of the cell in [0, 1].</summary>
/// <param name="Tissue">Tissue, by colour or by the user's mask.</param>
/// <param name="InkOrBlack">Pen, ink or black border.</param>
internal readonly record struct CellContent(double Tissue, double InkOrBlack);
