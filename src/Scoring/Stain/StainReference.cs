using System.Collections.Immutable;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Scoring.Stain;

/// <summary>
/// The training cases' colours, in the manifest as <c>stain</c>: mean and covariance over cases of red share, blue share
/// and density (<see cref="StainProfile"/>), and the distance beyond which a slide is other than they are.
/// </summary>
/// <param name="Cases">Training cases.</param>
/// <param name="Mean">Mean of the three features.</param>
/// <param name="Covariance">Their covariance, three rows one after another.</param>
/// <param name="Limit">The <paramref name="LimitQuantile"/> of the cases' own distances, each from the others.</param>
/// <param name="LimitQuantile">In (0, 1).</param>
public sealed record StainReference(int Cases, ImmutableArray<double> Mean, ImmutableArray<double> Covariance, double Limit, double LimitQuantile)
{
    /// <summary>Fewer cases don't tell a distribution: each is left out of its own distance, and three features have nine moments.</summary>
    public const int FewestCases = 10;

    private const int Features = 3;

    /// <summary>1 in 40 of the training cases lies beyond the limit.</summary>
    private const double Quantile = 0.975;

    /// <summary>Measures training cases; null where there are fewer than <see cref="FewestCases"/>, or all have one colour.</summary>
    public static StainReference? Of(IReadOnlyList<StainProfile> cases)
    {
        if (cases.Count < FewestCases)
        {
            return null;
        }

        var features = cases.Select(FeaturesOf).ToList();
        var (mean, covariance) = Moments(features);
        if (!Spread(covariance).IsPositive)
        {
            return null;
        }

        var distances = features
            .Select((own, i) => Distance(own, Moments([.. features.Where((_, j) => j != i)])))
            .Order()
            .ToList();
        return !distances.TrueForAll(double.IsFinite)
            ? null
            : new StainReference(
                cases.Count,
                [.. mean],
                [.. covariance],
                distances[(int)Math.Ceiling(Quantile * cases.Count) - 1],
                Quantile);
    }

    /// <summary>Mahalanobis distance of a slide's colours from the training cases'.</summary>
    public double DistanceOf(StainProfile profile) => Distance(FeaturesOf(profile), ([.. Mean], [.. Covariance]));

    /// <summary>How many standard deviations of the training cases a slide's features are off.</summary>
    public (double RedShare, double GreenShare, double BlueShare, double Density) DeviationsOf(StainProfile profile)
    {
        var greenVariance = Covariance[0] + Covariance[4] + (2 * Covariance[1]);
        var green = (Mean[0] + Mean[1] - profile.RedShare - profile.BlueShare) / Math.Sqrt(Math.Max(greenVariance, double.Epsilon));
        return (
            (profile.RedShare - Mean[0]) / Math.Sqrt(Covariance[0]),
            green,
            (profile.BlueShare - Mean[1]) / Math.Sqrt(Covariance[4]),
            (profile.Density - Mean[2]) / Math.Sqrt(Covariance[8]));
    }

    /// <summary>What is wrong with it as it was read from a manifest; null for nothing.</summary>
    public string? Fault() =>
        Mean.IsDefault || Mean.Length != Features || Covariance.IsDefault || Covariance.Length != Features * Features
            ? $"stain needs {Features} means and {Features * Features} covariances."
        : !Spread([.. Covariance]).IsPositive ? "stain.covariance is not positive definite."
        : Limit is not (> 0 and < 1000) ? $"stain.limit is {Limit}, not between 0 and 1000."
        : null;

    private static double[] FeaturesOf(StainProfile profile) => [profile.RedShare, profile.BlueShare, profile.Density];

    private static (double[] Mean, double[] Covariance) Moments(List<double[]> cases)
    {
        var mean = new double[Features];
        var covariance = new double[Features * Features];
        for (var i = 0; i < Features; i++)
        {
            mean[i] = cases.Average(features => features[i]);
        }

        for (var i = 0; i < Features * Features; i++)
        {
            var (row, column) = (i / Features, i % Features);
            covariance[i] = cases.Sum(features => (features[row] - mean[row]) * (features[column] - mean[column])) / (cases.Count - 1);
        }

        return (mean, covariance);
    }

    private static double Distance(double[] features, (double[] Mean, double[] Covariance) of)
    {
        // With the covariance's Cholesky factor L the distance is the length of L⁻¹ (x − mean).
        var factor = Spread(of.Covariance).Factor;
        var solved = new double[Features];
        var squares = 0.0;
        for (var row = 0; row < Features; row++)
        {
            var rest = features[row] - of.Mean[row];
            for (var column = 0; column < row; column++)
            {
                rest -= factor[(row * Features) + column] * solved[column];
            }

            solved[row] = rest / factor[(row * Features) + row];
            squares += solved[row] * solved[row];
        }

        return Math.Sqrt(squares);
    }

    /// <summary>The Cholesky factor of a covariance, lower triangle; not positive where it has none.</summary>
    private static (bool IsPositive, double[] Factor) Spread(double[] covariance)
    {
        const double LeastVariance = 1e-12;
        var factor = new double[Features * Features];
        for (var row = 0; row < Features; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var rest = covariance[(row * Features) + column];
                for (var i = 0; i < column; i++)
                {
                    rest -= factor[(row * Features) + i] * factor[(column * Features) + i];
                }

                if (row == column && !(rest > LeastVariance))
                {
                    return (false, factor);
                }

                factor[(row * Features) + column] = row == column ? Math.Sqrt(rest) : rest / factor[(column * Features) + column];
            }
        }

        return (true, factor);
    }
}
