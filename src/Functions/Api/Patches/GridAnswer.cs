namespace IdcFunctions.Functions.Api;

/// <summary>
/// A run's grid for an overlay: the smallest rectangle of cells that holds all that were scored. Places and sizes are in
/// level-0 pixels, exact and not rounded; rows and columns count from the slide's corner, as they do everywhere.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Columns">Columns of cells of the whole slide.</param>
/// <param name="Rows">Rows of cells of the whole slide.</param>
/// <param name="FirstColumn">The rectangle's first column.</param>
/// <param name="FirstRow">The rectangle's first row.</param>
/// <param name="ScoredColumns">The rectangle's columns.</param>
/// <param name="ScoredRows">The rectangle's rows.</param>
/// <param name="CellWidth">A cell's width.</param>
/// <param name="CellHeight">A cell's height.</param>
/// <param name="StepX">From one column to the next; less than the width where patches overlap.</param>
/// <param name="StepY">From one row to the next.</param>
/// <param name="PatchSidePixels">A patch's side at the model's spacing.</param>
/// <param name="StridePixels">From one patch to the next at the model's spacing.</param>
/// <param name="TargetUmPerPixel">The model's spacing.</param>
/// <param name="SlideWidth">The slide's width.</param>
/// <param name="SlideHeight">The slide's height.</param>
/// <param name="UmPerPixelX">µm/px along x.</param>
/// <param name="UmPerPixelY">µm/px along y.</param>
/// <param name="DecisionThreshold">The model's threshold.</param>
/// <param name="Probabilities">
/// P(IDC) a cell of the rectangle, row by row, float32, little-endian, in Base64; NaN where a cell was not scored.
/// </param>
/// <param name="Qualities">One byte a cell of the rectangle in Base64: 1 little tissue, 2 blurred, 4 pen or border, added.</param>
public sealed record GridAnswer(
    string Run,
    int Columns,
    int Rows,
    int FirstColumn,
    int FirstRow,
    int ScoredColumns,
    int ScoredRows,
    double CellWidth,
    double CellHeight,
    double StepX,
    double StepY,
    int PatchSidePixels,
    int StridePixels,
    double TargetUmPerPixel,
    long SlideWidth,
    long SlideHeight,
    double UmPerPixelX,
    double UmPerPixelY,
    double DecisionThreshold,
    byte[] Probabilities,
    byte[] Qualities);
