namespace IdcFunctions.Slides.Training;

/// <summary>A network's size. The defaults are the seed article's.</summary>
/// <param name="Width">The widening factor k.</param>
/// <param name="Depth">Convolutions on the longest way, 6n + 4.</param>
/// <param name="DenseUnits">Units of the dense layer before the last.</param>
/// <param name="Dropout">Share of the values dropped between a block's convolutions while training.</param>
public sealed record NetworkShape(int Width, int Depth = 16, int DenseUnits = 20, double Dropout = 0)
{
    /// <summary>Residual blocks in each of the three groups.</summary>
    public int BlocksPerGroup => (Depth - 4) / 6;

    /// <summary>The network's name in manifests, e.g. <c>wide_resnet16_2</c>.</summary>
    public string Architecture => $"wide_resnet{Depth}_{Width}";
}
