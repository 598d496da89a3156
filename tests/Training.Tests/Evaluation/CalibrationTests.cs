using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Theory]
    [InlineData(2.5, 0.7)]
    [InlineData(0.5, -1.2)]
    [InlineData(1, 0)]
    public void A_known_temperature_and_bias_are_found(double temperature, double bias)
    {
        var (logits, labels) = Drawn(temperature, bias);

        var calibration = Calibration.Fit(logits, labels);

        // 20,000 patches: four standard errors are below 6 % and 0.1.
        Assert.InRange(calibration.Temperature / temperature, 0.94, 1.06);
        Assert.InRange(calibration.Bias - bias, -0.1, 0.1);
    }

    [Fact]
    public void Calibrated_probabilities_have_a_smaller_log_loss()
    {
        var (logits, labels) = Drawn(3, 0.5);

        var calibration = Calibration.Fit(logits, labels);

        Assert.True(LogLoss(logits.Select(calibration.Apply), labels) < LogLoss(logits.Select(new Calibration(1, 0).Apply), labels));
    }

    [Fact]
    public void A_network_that_is_too_sure_gets_a_temperature_above_one()
    {
        Assert.Equal(1 / (1 + Math.Exp(-2)), new Calibration(2, 0).Apply(4), 6);
        Assert.Equal(1 / (1 + Math.Exp(-3)), new Calibration(2, 1).Apply(4), 6);
        Assert.True(Calibration.Fit([.. Enumerable.Repeat(4f, 100), .. Enumerable.Repeat(-4f, 100)], [.. Right(90), .. Right(10)]).Temperature > 1);
    }

    /// <summary>Newton's method without a line search left the valley at once and blamed the training.</summary>
    [Fact]
    public void A_network_that_is_far_too_sure_is_calibrated()
    {
        float[] logits = [.. Enumerable.Repeat(40f, 1000), .. Enumerable.Repeat(-40f, 1000)];
        bool[] labels = [.. Enumerable.Range(0, 1000).Select(i => i < 900), .. Enumerable.Range(0, 1000).Select(i => i >= 900)];

        var calibration = Calibration.Fit(logits, labels);

        Assert.Equal(0.9, calibration.Apply(40), 2);
        Assert.Equal(0.1, calibration.Apply(-40), 2);
    }

    [Fact]
    public void Classes_that_are_wholly_apart_get_a_finite_calibration()
    {
        var calibration = Calibration.Fit([-3, -2, -1, 1, 2, 3], [false, false, false, true, true, true]);

        Assert.True(calibration.Temperature is > 0.01 and < 100 && double.IsFinite(calibration.Bias), $"{calibration}");
        Assert.InRange(calibration.Apply(3), 0.75f, 0.9999f);
    }

    [Fact]
    public void Logits_that_order_the_patches_the_wrong_way_are_refused()
    {
        var (logits, labels) = Drawn(1, 0);

        var error = Assert.Throws<NothingLearntException>(() => Calibration.Fit([.. logits.Select(logit => -logit)], labels));

        Assert.Contains("learnt nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_refused() =>
        Assert.Throws<NothingLearntException>(() => Calibration.Fit([float.NaN, 1], [false, true]));

    private static bool[] Right(int percent) => [.. Enumerable.Range(0, 100).Select(i => i < percent)];

    private static (float[] Logits, bool[] Labels) Drawn(double temperature, double bias)
    {
        var random = new Random(5);
        var logits = Enumerable.Range(0, 20000).Select(_ => (float)(((random.NextDouble() * 8) - 4) * temperature)).ToArray();
        return (logits, [.. logits.Select(logit => random.NextDouble() < 1 / (1 + Math.Exp(-((logit / temperature) + bias))))]);
    }

    private static double LogLoss(IEnumerable<float> probabilities, bool[] labels) => probabilities.Select((p, i) => -Math.Log(labels[i] ? p : 1 - p)).Average();
}
