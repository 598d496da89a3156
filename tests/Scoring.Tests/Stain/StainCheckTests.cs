using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Scoring.Stain;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Scoring.Tests.Stain;

public sealed class StainCheckTests
{
    private static readonly StainReference Reference = StainReference.Of(Cases(80))!;

    [Fact]
    public void The_distance_is_in_standard_deviations_where_features_are_independent()
    {
        var reference = new StainReference(20, [0.2, 0.3, 0.25], [0.0004, 0, 0, 0, 0.0001, 0, 0, 0, 0.0025], 3, 0.975);

        Assert.Equal(0, reference.DistanceOf(new StainProfile(0.2, 0.3, 0.25, 1)), 9);
        Assert.Equal(5, reference.DistanceOf(new StainProfile(0.2 + (3 * 0.02), 0.3 - (4 * 0.01), 0.25, 1)), 9);
        Assert.Equal(2, reference.DistanceOf(new StainProfile(0.2, 0.3, 0.25 + (2 * 0.05), 1)), 9);
    }

    [Fact]
    public void The_distance_takes_features_that_vary_together_as_one()
    {
        var reference = new StainReference(20, [0.2, 0.3, 0.25], [1e-4, 0.9e-4, 0, 0.9e-4, 1e-4, 0, 0, 0, 1e-2], 3, 0.975);

        var along = reference.DistanceOf(new StainProfile(0.22, 0.32, 0.25, 1));
        var across = reference.DistanceOf(new StainProfile(0.22, 0.28, 0.25, 1));

        Assert.Equal(Math.Sqrt(2 * 4e-4 / 1.9e-4), along, 9);
        Assert.Equal(Math.Sqrt(2 * 4e-4 / 0.1e-4), across, 9);
    }

    [Fact]
    public void At_most_one_training_case_in_forty_is_beyond_the_limit() =>
        Assert.InRange(Cases(80).Count(profile => Reference.DistanceOf(profile) > Reference.Limit), 0, 2);

    [Fact]
    public void A_slide_of_the_training_cases_colours_is_not_warned_of()
    {
        var finding = StainCheck.Check(new StainProfile(0.2, 0.31, 0.25, 1000), Reference);

        Assert.Equal((null, null), (finding.Warning, finding.Unchecked));
        Assert.InRange(finding.Distance!.Value, 0, Reference.Limit);
    }

    [Theory]
    [InlineData(0.276, 0.379, 0.215, "brown (DAB)")]
    [InlineData(0.205, 0.391, 1.993, "dark background as in fluorescence")]
    [InlineData(0.40, 0.25, 0.25, "bluer than the training cases")]
    [InlineData(0.05, 0.30, 0.25, "redder than the training cases")]
    [InlineData(0.2, 0.31, 0.8, "darker than the training cases")]
    public void A_slide_of_other_colours_is_told_with_distance_limit_and_cause(double red, double blue, double density, string cause)
    {
        var finding = StainCheck.Check(new StainProfile(red, blue, density, 1000), Reference);

        Assert.True(finding.Distance > finding.Limit);
        Assert.Contains(cause, finding.Warning, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"distance {finding.Distance:0.0}, limit {finding.Limit:0.0}"), finding.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_stain_statistics_checks_nothing_and_says_so()
    {
        var finding = StainCheck.Check(new StainProfile(0.2, 0.3, 0.25, 1000), new ToyModel("1.0.0").Manifest.Stain);

        Assert.Equal((null, null, null), (finding.Distance, finding.Limit, finding.Warning));
        Assert.Contains("no stain statistics", finding.Unchecked, StringComparison.Ordinal);
    }

    [Fact]
    public void Nine_cases_are_too_few_to_tell_a_distribution()
    {
        Assert.Null(StainReference.Of(Cases(9)));
        Assert.NotNull(StainReference.Of(Cases(10)));
    }

    [Fact]
    public void Cases_of_one_colour_have_no_distribution() =>
        Assert.Null(StainReference.Of([.. Enumerable.Repeat(new StainProfile(0.2, 0.3, 0.25, 1), 20)]));

    [Fact]
    public void A_manifest_keeps_them_and_one_with_nonsense_is_refused()
    {
        var manifest = new ToyModel("1.0.0").Manifest with { Stain = Reference };

        var read = ModelManifest.Parse(JsonSerializer.SerializeToUtf8Bytes(manifest, ModelManifestJson.Default.ModelManifest)).Stain!;

        var slide = new StainProfile(0.25, 0.35, 0.3, 1);
        Assert.Equal(Reference.DistanceOf(slide), read.DistanceOf(slide));
        Assert.Equal(Reference.Limit, read.Limit);
        Assert.Contains("not positive definite", Refused(Reference with { Covariance = [1, 2, 0, 2, 1, 0, 0, 0, 1] }), StringComparison.Ordinal);
        Assert.Contains("means", Refused(Reference with { Mean = [1, 2] }), StringComparison.Ordinal);
        Assert.Contains("limit", Refused(Reference with { Limit = 0 }), StringComparison.Ordinal);

        string Refused(StainReference stain) => Assert.Throws<ModelRefusedException>(
            () => ModelManifest.Parse(JsonSerializer.SerializeToUtf8Bytes(manifest with { Stain = stain }, ModelManifestJson.Default.ModelManifest))).Message;
    }

    private static List<StainProfile> Cases(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ => new StainProfile(0.2 + Noise(0.03), 0.31 + Noise(0.015), 0.25 + Noise(0.05), 1000))];

        double Noise(double deviation) => deviation * (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3);
    }
}
