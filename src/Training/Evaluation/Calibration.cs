namespace IdcFunctions.Training.Evaluation;

/// <summary>Probability = sigmoid(logit / Temperature + Bias) (Platt scaling), fitted on validation cases.</summary>
/// <param name="Temperature">Above 0; above 1 for a network that is too sure.</param>
/// <param name="Bias">Added to the scaled logit.</param>
public sealed record Calibration(double Temperature, double Bias)
{
    private const int MostSteps = 100;
    private const double SmallestMove = 1e-10;
    private const double SmallestScale = 1e-6;

    /// <summary>
    /// Minimises the log loss with Newton's method on scale and bias, halving a step until the loss falls (Lin, Lin and
    /// Weng 2007).
    /// </summary>
    /// <exception cref="NothingLearntException">The logits do not order the patches.</exception>
    public static Calibration Fit(IReadOnlyList<float> logits, IReadOnlyList<bool> labels)
    {
        // Platt's targets: one patch more of each class than was seen. Without them classes that are wholly apart have no finite fit.
        var idc = labels.Count(label => label);
        double high = (idc + 1.0) / (idc + 2), low = 1.0 / (labels.Count - idc + 2);

        // From a scale of 0 every patch has a say; from 1 a network that is far too sure has no slope left to follow.
        double scale = 0, bias = Math.Log((idc + 1.0) / (labels.Count - idc + 1));
        var loss = Loss(scale, bias);
        for (var step = 0; step < MostSteps; step++)
        {
            var (moveScale, moveBias) = NewtonStep(scale, bias);
            var length = 1.0;
            var next = Loss(scale - moveScale, bias - moveBias);
            for (; !(next < loss) && length > SmallestMove; length /= 2)
            {
                next = Loss(scale - (length / 2 * moveScale), bias - (length / 2 * moveBias));
            }

            if (!(next < loss))
            {
                break;
            }

            (scale, bias, loss) = (scale - (length * moveScale), bias - (length * moveBias), next);
        }

        return scale > SmallestScale && double.IsFinite(loss)
            ? new Calibration(1 / scale, bias)
            : throw new NothingLearntException(
                "The network's outputs do not order the validation patches: it has learnt nothing. "
                + "Train longer, lower the learning rate, or check the labels.");

        double Target(int i) => labels[i] ? high : low;

        double Loss(double a, double b)
        {
            double sum = 0;
            for (var i = 0; i < logits.Count; i++)
            {
                var x = (logits[i] * a) + b;
                sum += Math.Max(x, 0) - (x * Target(i)) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
            }

            return sum;
        }

        (double Scale, double Bias) NewtonStep(double a, double b)
        {
            double gradScale = 0, gradBias = 0, ss = 1e-9, sb = 0, bb = 1e-9;
            for (var i = 0; i < logits.Count; i++)
            {
                var p = Sigmoid((logits[i] * a) + b);
                var error = p - Target(i);
                var weight = p * (1 - p);
                gradScale += error * logits[i];
                gradBias += error;
                ss += weight * logits[i] * logits[i];
                sb += weight * logits[i];
                bb += weight;
            }

            var determinant = (ss * bb) - (sb * sb);
            return (((bb * gradScale) - (sb * gradBias)) / determinant, ((ss * gradBias) - (sb * gradScale)) / determinant);
        }
    }

    /// <summary>The calibrated probability of a logit.</summary>
    public float Apply(float logit) => (float)Sigmoid((logit / Temperature) + Bias);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
