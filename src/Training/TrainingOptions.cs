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

    /// <summary>How far a channel's stain density may be scaled, up and down. Default 0.15; the brightness shift is a third of it.</summary>
    [Range(0, 1)]
    public double ColourJitter { get; init; } = 0.15;

    /// <summary>Decay of the moving average of the weights that is evaluated and exported. Default 0.998, about 500 steps.</summary>
    [Range(0, 0.99999)]
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>Seed of weights, order and augmentation. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one a processor.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }
}
