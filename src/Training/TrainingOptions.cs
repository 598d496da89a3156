using System.ComponentModel.DataAnnotations;
using IdcFunctions.Training.Network;

namespace IdcFunctions.Training;

/// <summary>The hyperparameters: the seed article's network, trained as is usual for wide residual networks (Zagoruyko and Komodakis 2016) where nothing else is said.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over as many patches as the training set has. Default 12.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 12;

    /// <summary>Patches in a step. Default 128.</summary>
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 128;

    /// <summary>The network's widening factor k. Default 2, the seed article's.</summary>
    [Range(1, 16)]
    public int Width { get; init; } = 2;

    /// <summary>The network's depth, 6n + 4. Default 16, the seed article's.</summary>
    [Depth]
    public int Depth { get; init; } = 16;

    /// <summary>Units of the dense layer before the last. Default 20, the seed article's.</summary>
    [Range(1, 4096)]
    public int DenseUnits { get; init; } = 20;

    /// <summary>Share of the values dropped between a block's convolutions. Default 0: batch norm and augmentation are enough while the training loss is above the validation loss; Zagoruyko and Komodakis take 0.3 where it is not.</summary>
    [Range(0, 0.9)]
    public double Dropout { get; init; }

    /// <summary>Leading groups of blocks, with the first convolution, whose weights stay as they are: of three. Default 0: all is trained.</summary>
    [Range(0, 3)]
    public int FrozenGroups { get; init; }

    /// <summary>What takes the steps. Default SGD, as Zagoruyko and Komodakis.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    /// <summary>Epochs without a better validation AUC after which training ends. Default 0: it goes on to the end, where the cosine schedule has its best weights.</summary>
    [Range(0, 1000)]
    public int Patience { get; init; }

    /// <summary>Highest learning rate, reached after the warm-up. Default 0.05, half of Zagoruyko and Komodakis', whose set is three times as large; for AdamW take 0.001.</summary>
    [Range(1e-6, 10)]
    public double LearningRate { get; init; } = 0.05;

    /// <summary>Share of the steps in which the learning rate rises. Default 0.2 (Smith and Topin 2019 take 0.3); after it the rate falls as a cosine to 0 (Loshchilov and Hutter 2017).</summary>
    [Range(0, 0.9)]
    public double WarmUp { get; init; } = 0.2;

    /// <summary>Momentum of SGD (Nesterov), or AdamW's first. Default 0.9.</summary>
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

    /// <summary>Decay of the moving average of the weights that is evaluated and exported. Default 0.998, about 500 steps (Tarvainen and Valpola 2017 take 0.999 for longer trainings).</summary>
    [Range(0, 0.99999)]
    public double AverageDecay { get; init; } = 0.998;

    /// <summary>Seed of weights, order and augmentation. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one a processor.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>The network that they ask for.</summary>
    internal NetworkShape Shape => new(Width, Depth, DenseUnits, Dropout);

    private sealed class DepthAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is int depth && depth is >= 10 and <= 100 && (depth - 4) % 6 == 0 ? ValidationResult.Success : new ValidationResult($"The field Depth is {value}; it must be 10, 16, 22, 28 … 100.");
    }
}
