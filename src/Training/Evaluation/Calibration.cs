namespace IdcFunctions.Training.Evaluation;

/// <summary>Probability = sigmoid(logit / Temperature + Bias) (Platt scaling), fitted on validation cases.</summary>
/// <param name="Temperature">Above 0; above 1 for a network that is too sure.</param>
/// <param name="Bias">Added to the scaled logit.</param>
public sealed record Calibration(double Temperature, double Bias)
{
    private const int Steps = 50;

    /// <summary>Minimises the log loss with Newton's method on scale and bias.</summary>
    public static Calibration Fit(IReadOnlyList<float> logits, IReadOnlyList<bool> labels)
    {
        double scale = 1, bias = 0;
        for (var step = 0; step < Steps; step++)
        {
            double gradScale = 0, gradBias = 0, ss = 1e-9, sb = 0, bb = 1e-9;
            for (var i = 0; i < logits.Count; i++)
            {
                var p = Sigmoid((logits[i] * scale) + bias);
                var error = p - (labels[i] ? 1 : 0);
                var weight = p * (1 - p);
                gradScale += error * logits[i];
                gradBias += error;
                ss += weight * logits[i] * logits[i];
                sb += weight * logits[i];
                bb += weight;
            }

            var determinant = (ss * bb) - (sb * sb);
            scale -= ((bb * gradScale) - (sb * gradBias)) / determinant;
            bias -= ((ss * gradBias) - (sb * gradScale)) / determinant;
        }

        return scale > 0 && double.IsFinite(scale) && double.IsFinite(bias)
            ? new Calibration(1 / scale, bias)
            : throw new InvalidOperationException("The logits do not order the validation patches: the network has learnt nothing. Train longer or check the labels.");
    }

    /// <summary>The calibrated probability of a logit.</summary>
    public float Apply(float logit) => (float)Sigmoid((logit / Temperature) + Bias);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
