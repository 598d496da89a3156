namespace IdcFunctions.Slides.Training;

/// <summary>A labelled patch's place in the data set.</summary>
/// <param name="Case">The case id.</param>
/// <param name="X">Column at 4 µm/px, 1-based.</param>
/// <param name="Y">Row at 4 µm/px, 1-based.</param>
/// <param name="IsIdc">The pathologist's label.</param>
public sealed record LabelledPatch(string Case, int X, int Y, bool IsIdc);
