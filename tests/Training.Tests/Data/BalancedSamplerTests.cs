using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Tests.Data;

public sealed class BalancedSamplerTests
{
    private const int Draws = 20000;

    // 90 % of the patches are not IDC, and case "big" holds 16 times the patches of case "small".
    private static readonly LabelledPatch[] Patches =
    [
        .. Enumerable.Range(0, 1600).Select(i => new LabelledPatch("big", i, 1, i % 10 == 0)),
        .. Enumerable.Range(0, 100).Select(i => new LabelledPatch("small", i, 1, i % 10 == 0)),
    ];

    [Fact]
    public void Both_classes_are_drawn_equally_often()
    {
        var drawn = new BalancedSampler(Patches).Next(Draws, new Random(1));

        // Four standard deviations of a fair coin.
        Assert.InRange(drawn.Count(i => Patches[i].IsIdc), (Draws / 2) - 283, (Draws / 2) + 283);
    }

    [Fact]
    public void A_case_is_drawn_by_the_square_root_of_its_patches()
    {
        var drawn = new BalancedSampler(Patches).Next(Draws, new Random(1));

        // √1440 : √90 = 4 : 1, so 80 % of the draws; four standard deviations.
        Assert.InRange(drawn.Count(i => Patches[i].Case == "big"), (int)(0.8 * Draws) - 227, (int)(0.8 * Draws) + 227);
    }

    [Fact]
    public void Every_patch_can_be_drawn() =>
        Assert.Equal([0L, 1L, 2L], new BalancedSampler([new("a", 1, 1, false), new("a", 2, 1, true), new("b", 1, 1, true)]).Next(1000, new Random(1)).Distinct().Order());

    [Fact]
    public void The_same_seed_draws_the_same_patches_and_another_seed_others()
    {
        Assert.Equal(new BalancedSampler(Patches).Next(100, new Random(1)), new BalancedSampler(Patches).Next(100, new Random(1)));
        Assert.NotEqual(new BalancedSampler(Patches).Next(100, new Random(1)), new BalancedSampler(Patches).Next(100, new Random(2)));
    }
}
