using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Tests.Evaluation;

public sealed class PairedBootstrapTests
{
    private static readonly LabelledPatch[] Patches = [.. Enumerable.Range(0, 20).SelectMany(id => Enumerable.Range(0, 10).Select(i => new LabelledPatch($"{id}", i, 1, i % 2 == 0)))];

    [Fact]
    public void What_decides_alike_loses_nothing_however_much_cases_differ()
    {
        var hard = Patches.Select(patch => int.Parse(patch.Case, System.Globalization.CultureInfo.InvariantCulture) < 10 == patch.IsIdc ? 0.9f : 0.1f).ToArray();

        Assert.Equal(0, PairedBootstrap.UpperLossOfBalancedAccuracy(Patches, hard, [.. hard.Select(probability => probability * 0.99f)], 0.5));
    }

    [Fact]
    public void What_is_wrong_in_one_case_of_twenty_may_lose_more_than_it_does_here()
    {
        var right = Patches.Select(patch => patch.IsIdc ? 0.9f : 0.1f).ToArray();
        var wrongInOne = Patches.Select((patch, i) => patch.Case == "3" ? 1 - right[i] : right[i]).ToArray();

        // 1 of 20 is lost here; three draws of the case are within the 97.5 % of a binomial with mean 1.
        Assert.Equal(0.15, PairedBootstrap.UpperLossOfBalancedAccuracy(Patches, right, wrongInOne, 0.5), 6);
    }

    /// <summary>A graph with some such answers once passed: LINQ's Max takes NaN for less than anything.</summary>
    [Theory]
    [InlineData(0.5f, 0.25f)]
    [InlineData(float.NaN, float.NaN)]
    public void Probabilities_that_are_no_numbers_are_not_passed_over(float answer, float difference)
    {
        Assert.Equal(difference, PairedBootstrap.LargestDifference([0.25f, answer, 0.25f], [0.25f, 0.25f, 0.375f]));
        Assert.Equal(difference, PairedBootstrap.LargestDifference([0.25f, 0.25f, 0.375f], [0.25f, answer, 0.25f]));
    }
}
