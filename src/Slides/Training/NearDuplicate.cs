namespace IdcFunctions.Slides.Training;

/// <summary>Two patches of different cases that look alike.</summary>
/// <param name="First">One.</param>
/// <param name="Second">The other.</param>
/// <param name="Difference">Mean absolute difference of their values, of 255.</param>
public sealed record NearDuplicate(LabelledPatch First, LabelledPatch Second, double Difference)
{
    /// <inheritdoc/>
    public override string ToString() => $"case {First.Case} at {First.X},{First.Y} and case {Second.Case} at {Second.X},{Second.Y}";
}
