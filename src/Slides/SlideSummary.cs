namespace IdcFunctions.Slides;

/// <summary>A run's result: area and burden of predicted IDC. It never says whether a patient has cancer.</summary>
/// <param name="Patches">Scored patches.</param>
/// <param name="GridCells">All cells of the grid; those without tissue are not scored.</param>
/// <param name="PositivePatches">Patches with probability ≥ <paramref name="DecisionThreshold"/>.</param>
/// <param name="PositivePatchesAtHalf">The same at 0.5, the article's threshold.</param>
/// <param name="DecisionThreshold">The model's threshold, chosen on validation cases.</param>
/// <param name="TissueAreaMm2">Area of the union of the scored patches, mm².</param>
/// <param name="TumourAreaMm2">Area of the union of the positive patches, mm².</param>
/// <param name="TumourFraction">TumourAreaMm2 / TissueAreaMm2, in [0, 1]; 0 where no patch was scored.</param>
/// <param name="MeanProbability">Mean probability over scored patches; 0 where none was scored.</param>
/// <param name="MaxProbability">Highest probability; 0 where none was scored.</param>
public sealed record SlideSummary(
    int Patches,
    int GridCells,
    int PositivePatches,
    int PositivePatchesAtHalf,
    double DecisionThreshold,
    double TissueAreaMm2,
    double TumourAreaMm2,
    double TumourFraction,
    double MeanProbability,
    double MaxProbability)
{
    /// <summary>Mean of the <see cref="TopPatches"/> highest probabilities; 0 where none was scored.</summary>
    public double TopMeanProbability { get; init; }

    /// <summary>How many patches <see cref="TopMeanProbability"/> is of: 10, or all of fewer.</summary>
    public int TopPatches { get; init; }

    /// <summary>
    /// Patches with a probability from 0.2 to 0.8: by the model's own calibration at least one in five of them is on the
    /// wrong side. Null for runs of before this was counted.
    /// </summary>
    public int? UncertainPatches { get; init; }

    /// <summary>Connected regions of positive patches.</summary>
    public int Regions { get; init; }

    /// <summary>Area of the largest of them, mm².</summary>
    public double LargestRegionMm2 { get; init; }

    /// <summary>Cells left out since they have too little tissue.</summary>
    public int NoTissueCells { get; init; }

    /// <summary>Cells left out since they have too little tissue, and pen, ink or black border.</summary>
    public int ExcludedCells { get; init; }

    /// <summary>Cells outside the wanted region.</summary>
    public int OutsideRegionCells { get; init; }

    /// <summary>Planned cells without a score; together with the patches and those left out, they are all cells of the grid.</summary>
    public int FailedCells { get; init; }
}
