using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Tests.Evaluation;

public sealed class MetricsTests
{
    [Fact]
    public void Figures_equal_those_computed_by_hand()
    {
        // At 0.5: three true and one false positive, two true and one false negative.
        bool[] labels = [true, true, true, true, false, false, false];
        float[] probabilities = [0.9f, 0.8f, 0.6f, 0.2f, 0.7f, 0.3f, 0.1f];

        var metrics = Metrics.Of(labels, probabilities, 0.5);

        Assert.Equal(5 / 7.0, metrics.Accuracy, 12);
        Assert.Equal(((3 / 4.0) + (2 / 3.0)) / 2, metrics.BalancedAccuracy, 12);
        Assert.Equal(3 / 4.0, metrics.F1, 12);

        // Of 12 pairs, 0.6 < 0.7, 0.2 < 0.7 and 0.2 < 0.3 are the wrong way round.
        Assert.Equal(9 / 12.0, metrics.Auc, 12);

        Assert.Equal(3 / 4.0, metrics.Precision, 12);
        Assert.Equal(3 / 4.0, metrics.Recall, 12);

        // Precision where each IDC is found, from the surest down: 1 of 1, 2 of 2, 3 of 4, 4 of 6.
        Assert.Equal((1 + 1 + (3 / 4.0) + (4 / 6.0)) / 4, metrics.PrAuc, 12);
        Assert.Equal((0.01 + 0.04 + 0.16 + 0.64 + 0.49 + 0.09 + 0.01) / 7, metrics.Brier, 6);
    }

    [Fact]
    public void Ties_are_passed_together_in_the_average_precision() =>
        Assert.Equal(0.5, Metrics.Of([true, false], [0.5f, 0.5f], 0.5).PrAuc, 12);

    [Fact]
    public void A_probability_at_the_threshold_counts_as_idc() =>
        Assert.Equal(1, Metrics.Of([true, false], [0.5f, 0.25f], 0.5).Accuracy);

    /// <summary>A probability that does not equal itself once kept the computation going for ever.</summary>
    [Fact]
    public async Task Probabilities_that_are_no_numbers_are_an_error_that_counts_them()
    {
        var computed = Task.Run(() => Metrics.Of([true, false, true], [0.5f, float.NaN, float.NaN], 0.5), TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<NothingLearntException>(() => computed.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        Assert.Contains("2 of 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ties_count_half_in_the_auc()
    {
        // Pairs: 0.5 with 0.5 a half, 0.5 over 0.2 one, 0.9 over both two: 3.5 of 4.
        Assert.Equal(3.5 / 4, Metrics.Of([true, false, true, false], [0.5f, 0.5f, 0.9f, 0.2f], 0.5).Auc, 12);
        Assert.Equal(0.5, Metrics.Of([true, false, true, false], [0.5f, 0.5f, 0.5f, 0.5f], 0.5).Auc, 12);
    }

    [Fact]
    public void The_calibration_error_is_over_fifteen_bins_of_equal_mass()
    {
        // 30 patches, two a bin; IDC from the 16th on. A bin's mean is (2j + 1) / 30, and the middle bin is half IDC.
        var probabilities = Enumerable.Range(0, 30).Select(i => (float)((i + 0.5) / 30)).ToArray();
        var labels = Enumerable.Range(0, 30).Select(i => i >= 15).ToArray();

        var expected = Enumerable.Range(0, 7).Sum(j => ((2 * j) + 1) / 30.0) * 2 / 15;
        Assert.Equal(expected, Metrics.Of(labels, probabilities, 0.5).Ece, 6);
    }

    /// <summary>Equal probabilities were once cut apart by their order in the list.</summary>
    [Fact]
    public void Equal_probabilities_share_a_bin_whatever_their_order()
    {
        // 1/4 · |0 − 0.1| + 2/4 · |0.5 − 0.4| + 1/4 · |1 − 0.8|
        Assert.Equal(0.125, Metrics.Of([false, true, false, true], [0.1f, 0.4f, 0.4f, 0.8f], 0.5).Ece, 6);
        Assert.Equal(0.125, Metrics.Of([false, false, true, true], [0.1f, 0.4f, 0.4f, 0.8f], 0.5).Ece, 6);
    }

    [Fact]
    public void One_probability_for_all_is_one_bin() =>
        Assert.Equal(0.2, Metrics.Of([true, false, false, false, true], [0.2f, 0.2f, 0.2f, 0.2f, 0.2f], 0.5).Ece, 6);

    [Fact]
    public void A_figure_that_needs_both_classes_is_not_a_number_without_them()
    {
        var metrics = Metrics.Of([true, true], [0.9f, 0.4f], 0.5);

        Assert.Equal(0.5, metrics.Accuracy);
        Assert.True(double.IsNaN(metrics.Auc));
        Assert.True(double.IsNaN(metrics.BalancedAccuracy));
    }
}
