using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Tests.Evaluation;

public sealed class CaseEvaluationTests
{
    [Fact]
    public void The_bootstrap_draws_whole_cases()
    {
        // Of two cases one is all right and one all wrong: drawing patches would give about 0.4 to 0.6.
        var patches = Case("right", 50).Concat(Case("wrong", 50)).ToList();
        var probabilities = patches.Select(patch => patch.IsIdc == (patch.Case == "right") ? 0.9f : 0.1f).ToArray();

        var evaluation = CaseEvaluation.Of(patches, probabilities, 0.5);

        Assert.Equal((0.5, 0, 1), (evaluation.Point.Accuracy, evaluation.Low.Accuracy, evaluation.High.Accuracy));
    }

    [Fact]
    public void Evaluating_twice_gives_the_same_intervals()
    {
        var random = new Random(3);
        var patches = Enumerable.Range(0, 12).SelectMany(i => Case($"c{i}", 20)).ToList();
        var probabilities = patches.Select(patch => (float)(((patch.IsIdc ? 1 : 0) + (random.NextDouble() * 2)) / 3)).ToArray();

        var once = CaseEvaluation.Of(patches, probabilities, 0.5);

        Assert.Equal(once, CaseEvaluation.Of(patches, probabilities, 0.5));
        Assert.InRange(once.Point.Auc, once.Low.Auc, once.High.Auc);
        Assert.True(once.Low.Auc < once.High.Auc, "Cases differ.");
    }

    /// <summary>A draw of cases of one class has no AUC; NaN once became the lower bound, which JSON can't hold.</summary>
    [Fact]
    public void Draws_without_both_classes_do_not_spoil_an_interval()
    {
        List<LabelledPatch> patches = [new("a", 1, 1, false), new("a", 2, 1, false), new("b", 1, 1, true), new("b", 2, 1, true)];

        var evaluation = CaseEvaluation.Of(patches, [0.1f, 0.6f, 0.4f, 0.9f], 0.5);

        Assert.Equal((0.75, 0.75), (evaluation.Low.Auc, evaluation.High.Auc));
        Assert.True(double.IsFinite(evaluation.Low.F1) && double.IsFinite(evaluation.Low.BalancedAccuracy));
    }

    private static IEnumerable<LabelledPatch> Case(string id, int count) => Enumerable.Range(0, count).Select(i => new LabelledPatch(id, i, 1, i % 2 == 0));
}
