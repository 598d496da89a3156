using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Training;

/// <summary>The hyperparameters. Width and dense size are the seed article's network; the rest is usual for wide residual networks (Zagoruyko and Komodakis 2016).</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over as many patches as the training set has. Default 12.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 12;

    /// <summary>Patches in a step. Default 128.</summary>
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The network's widening factor k. Default 2.</summary>
    [Range(1, 16)]
    public int Width { get; init; } = 2;

    /// <summary>Highest learning rate, reached after the warm-up. Default 0.05.</summary>
    [Range(1e-6, 10)]
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Share of the steps in which the learning rate rises. Default 0.2; after it the rate falls as a cosine to 0.</summary>
    [Range(0, 0.9)]
    public double WarmUp { get; init; } = 0.2;

    /// <summary>Momentum of SGD (Nesterov). Default 0.9.</summary>
    [Range(0, 0.999)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay. Default 5e-4.</summary>
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 5e-4;

    /// <summary>How far the amount of a stain is scaled, up and down. Default 0.15, between the light 0.05 and the strong 0.2 of Tellez et al. 2019.</summary>
    [Range(0, 1)]
    public double StainJitter { get; init; } = 0.15;

    /// <summary>Share of the labels' weight that is spread over both classes. Default 0.05: pathologists' outlines are coarser than patches, so labels at borders are wrong (Szegedy et al. 2016 take 0.1 for cleaner ones).</summary>
    [Range(0, 0.5)]
    public double LabelSmoothing { get; init; } = 0.05;

    /// <summary>Largest norm of the gradient; a longer one is shortened to it. Default 5, which only a bad batch reaches; 0 for none.</summary>
    [Range(0, 1e6)]
    public double GradientClip { get; init; } = 5;

    /// <summary>What the convolutions compute in; weights and loss are always float32. Default full.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    /// <summary>Decay of the moving average of the weights that is evaluated and exported. Default 0.998, about 500 steps.</summary>
    [Range(0, 0.99999)]
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>Seed of weights, order and augmentation. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one a processor.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }
}
