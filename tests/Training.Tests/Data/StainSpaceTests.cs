using IdcFunctions.Training.Data;
using TorchSharp;

namespace IdcFunctions.Training.Tests.Data;

public sealed class StainSpaceTests
{
    // Haematoxylin's vector of Ruifrok and Johnston, normalised.
    private static readonly double[] Haematoxylin = [0.6511, 0.7012, 0.2905];

    [Fact]
    public void Amounts_that_stay_as_they_are_leave_the_colours_as_they_are()
    {
        using var scope = torch.NewDisposeScope();
        var pixels = torch.randint(0, 256, [2, 5, 5, 3], dtype: torch.ScalarType.Float32);

        var varied = StainSpace.Vary(pixels, torch.ones(2, 3), torch.zeros(2, 3));

        // Density counts from (value + 1) / 256, as the stain check does: white is 1, black 1/256.
        Assert.True(varied.allclose(pixels.add(1).div(256), atol: 1e-4));
    }

    [Fact]
    public void Twice_the_haematoxylin_doubles_the_density_of_its_colour_and_leaves_eosin_alone()
    {
        using var scope = torch.NewDisposeScope();
        var haematoxylin = Pixel(0.3, Haematoxylin);
        var eosin = Pixel(0.3, [0.0701, 0.9914, 0.1102]);
        var twice = torch.tensor(new float[,] { { 2, 1, 1 } });

        var deeper = StainSpace.Vary(haematoxylin, twice, torch.zeros(1, 3));
        var same = StainSpace.Vary(eosin, twice, torch.zeros(1, 3));

        Assert.True(deeper.allclose(Pixel(0.6, Haematoxylin).add(1).div(256), atol: 1e-3));
        Assert.True(same.allclose(eosin.add(1).div(256), atol: 1e-3));
    }

    [Fact]
    public void Stain_added_to_glass_has_the_stains_colour_and_stain_taken_from_it_leaves_it_clear()
    {
        using var scope = torch.NewDisposeScope();
        var glass = torch.full([1, 1, 1, 3], 255, dtype: torch.ScalarType.Float32);

        var added = StainSpace.Vary(glass, torch.ones(1, 3), torch.tensor(new float[,] { { 0.3f, 0, 0 } }));
        var taken = StainSpace.Vary(glass, torch.ones(1, 3), torch.tensor(new float[,] { { -0.3f, 0, 0 } }));

        Assert.True(added.allclose(Pixel(0.3, Haematoxylin).add(1).div(256), atol: 1e-3));
        Assert.True(taken.eq(1).all().ToBoolean());
    }

    private static torch.Tensor Pixel(double amount, double[] vector) =>
        torch.tensor(vector.Select(share => (float)((256 * Math.Pow(10, -amount * share)) - 1)).ToArray(), [1, 1, 1, 3]);
}
