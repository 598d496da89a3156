using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Tests.Evaluation;

public sealed class DecisionThresholdTests
{
    [Fact]
    public void It_has_the_best_balanced_accuracy()
    {
        // Two of three IDC and all four others are right from 0.41 to 0.6, and nowhere more.
        bool[] labels = [true, true, true, false, false, false, false];
        float[] probabilities = [0.9f, 0.61f, 0.1f, 0.4f, 0.2f, 0.3f, 0.05f];

        Assert.InRange(DecisionThreshold.Choose(labels, probabilities), 0.41, 0.61);
    }

    [Fact]
    public void Of_equal_ones_it_is_the_middle() =>
        Assert.Equal(0.46, DecisionThreshold.Choose([false, true], [0.305f, 0.605f]), 9);

    /// <summary>The search once began at 0.05.</summary>
    [Fact]
    public void Rare_idc_gets_a_threshold_near_its_prevalence() =>
        Assert.Equal(0.02, DecisionThreshold.Choose([false, false, true], [0.005f, 0.012f, 0.028f]), 9);
}
