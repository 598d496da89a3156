namespace IdcFunctions.Training.Data;

/// <summary>
/// Draws patches with replacement: both classes equally often, and within a class each case by the square root of its
/// patches, so that no case rules a batch.
/// </summary>
public sealed class BalancedSampler
{
    private readonly double[] cumulative;

    /// <summary>Weighs the patches.</summary>
    public BalancedSampler(IReadOnlyList<LabelledPatch> patches)
    {
        var groups = patches.CountBy(patch => (patch.Case, patch.IsIdc)).ToDictionary();
        var weights = patches.Select(patch => 1 / Math.Sqrt(groups[(patch.Case, patch.IsIdc)])).ToArray();
        var classes = new double[2];
        for (var i = 0; i < weights.Length; i++)
        {
            classes[patches[i].IsIdc ? 1 : 0] += weights[i];
        }

        cumulative = new double[weights.Length];
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] / classes[patches[i].IsIdc ? 1 : 0];
            cumulative[i] = sum;
        }
    }

    /// <summary>Draws indexes.</summary>
    public long[] Next(int count, Random random)
    {
        var drawn = new long[count];
        for (var i = 0; i < count; i++)
        {
            var found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
            drawn[i] = Math.Min(found < 0 ? ~found : found, cumulative.Length - 1);
        }

        return drawn;
    }
}
