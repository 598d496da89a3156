namespace IdcFunctions.LocalHost.Demo;

/// <summary>An ellipse whose outline wavers.</summary>
internal sealed class Blob(double centreX, double centreY, double radiusX, double radiusY, Random random)
{
    private readonly double[] phases = [.. Enumerable.Range(0, 4).Select(_ => random.NextDouble() * Math.Tau)];

    /// <summary>True for points inside.</summary>
    public bool Contains(double x, double y)
    {
        var (dx, dy) = ((x - centreX) / radiusX, (y - centreY) / radiusY);
        var angle = Math.Atan2(dy, dx);
        var edge = 1
            + (0.10 * Math.Sin((3 * angle) + phases[0]))
            + (0.07 * Math.Sin((5 * angle) + phases[1]))
            + (0.04 * Math.Sin((9 * angle) + phases[2]))
            + (0.02 * Math.Sin((17 * angle) + phases[3]));
        return (dx * dx) + (dy * dy) < edge * edge;
    }
}
