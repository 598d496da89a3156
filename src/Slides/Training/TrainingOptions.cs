using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace IdcFunctions.Slides.Training;

/// <summary>The hyperparameters: the seed article's network, trained as is usual for wide residual networks (Zagoruyko and Komodakis 2016) where nothing else is said.</summary>
public sealed record TrainingOptions
{
    [Description("Passes over as many patches as the training set has. Default 12.")]
    [Range(1, 1000)]
    public int Epochs { get; init; } = 12;

    [Description("Patches in a step. Default 128.")]
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 128;

    [Description("The network's widening factor k. Default 2, the seed article's.")]
    [Range(1, 16)]
    public int Width { get; init; } = 2;

    [Description("The network's depth, 6n + 4. Default 16, the seed article's.")]
    [Depth]
    public int Depth { get; init; } = 16;

    [Description("Units of the dense layer before the last. Default 20, the seed article's.")]
    [Range(1, 4096)]
    public int DenseUnits { get; init; } = 20;

    [Description("Share of the values dropped between a block's convolutions. Default 0: batch norm and augmentation are enough while the training loss is above the validation loss; Zagoruyko and Komodakis take 0.3 where it is not.")]
    [Range(0, 0.9)]
    public double Dropout { get; init; }

    [Description("Leading groups of blocks, with the first convolution, whose weights stay as they are: of three. Default 0: all is trained.")]
    [Range(0, 3)]
    public int FrozenGroups { get; init; }

    [Description("What takes the steps. Default SGD, as Zagoruyko and Komodakis.")]
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    [Description("Epochs without a better validation AUC after which training ends. Default 0: it goes on to the end, where the cosine schedule has its best weights.")]
    [Range(0, 1000)]
    public int Patience { get; init; }

    [Description("Highest learning rate, reached after the warm-up. Default 0.05, half of Zagoruyko and Komodakis', whose set is three times as large; for AdamW take 0.001.")]
    [Range(1e-6, 10)]
    public double LearningRate { get; init; } = 0.05;

    [Description("Share of the steps in which the learning rate rises. Default 0.2 (Smith and Topin 2019 take 0.3); after it the rate falls as a cosine to 0 (Loshchilov and Hutter 2017).")]
    [Range(0, 0.9)]
    public double WarmUp { get; init; } = 0.2;

    [Description("Momentum of SGD (Nesterov), or AdamW's first. Default 0.9.")]
    [Range(0, 0.999)]
    public double Momentum { get; init; } = 0.9;

    [Description("Weight decay. Default 5e-4.")]
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 5e-4;

    [Description("Most pixels that a patch is shifted by, its edges mirrored. Default 4, as Zagoruyko and Komodakis; 0 for none.")]
    [Range(0, 24)]
    public int Shift { get; init; } = 4;

    [Description("How far the amount of a stain is scaled, up and down. Default 0.15, between the light 0.05 and the strong 0.2 of Tellez et al. 2019.")]
    [Range(0, 1)]
    public double StainJitter { get; init; } = 0.15;

    [Description("Share of the labels' weight that is spread over both classes. Default 0.05: pathologists' outlines are coarser than patches, so labels at borders are wrong (Szegedy et al. 2016 take 0.1 for cleaner ones).")]
    [Range(0, 0.5)]
    public double LabelSmoothing { get; init; } = 0.05;

    [Description("Largest norm of the gradient; a longer one is shortened to it. Default 5, which only a bad batch reaches; 0 for none.")]
    [Range(0, 1e6)]
    public double GradientClip { get; init; } = 5;

    [Description("What the convolutions compute in; weights and loss are always float32. Default full.")]
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    [Description("Decay of the moving average of the weights that is evaluated and exported. Default 0.998, about 500 steps (Tarvainen and Valpola 2017 take 0.999 for longer trainings).")]
    [Range(0, 0.99999)]
    public double AverageDecay { get; init; } = 0.998;

    [Description("Seed of weights, order and augmentation. Default 1.")]
    public int Seed { get; init; } = 1;

    [Description("Threads; 0 for one a processor.")]
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>All values out of their ranges, by field.</summary>
    public IEnumerable<(string Field, string Fault)> Faults()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        return faults.Select(fault => ($"options.{JsonNamingPolicy.CamelCase.ConvertName(fault.MemberNames.First())}", fault.ErrorMessage!));
    }

    /// <summary>The network that they ask for.</summary>
    public NetworkShape Shape() => new(Width, Depth, DenseUnits, Dropout);

    private sealed class DepthAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is int depth && depth is >= 10 and <= 100 && (depth - 4) % 6 == 0 ? ValidationResult.Success : new ValidationResult($"The field Depth is {value}; it must be 10, 16, 22, 28 … 100.", [nameof(Depth)]);
    }
}
