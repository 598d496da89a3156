using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace IdcFunctions.Slides.Training;

/// <summary>The hyperparameters. Each says where its default is from: the seed article, a paper, or our own choice.</summary>
public sealed record TrainingOptions
{
    private const double DefaultLearningRate = 0.05;

    [Description("Passes over as many patches as the training set has. Default 12, as many as the plain PyTorch training that the models are compared with: our choice, not tuned. Zagoruyko and Komodakis 2016 take 200 on CIFAR.")]
    [Range(1, 1000)]
    public int Epochs { get; init; } = 12;

    [Description("Patches in a step. Default 128 (Zagoruyko and Komodakis 2016, section 3, implementation details). Who changes it changes the learning rate in proportion (Goyal et al. 2017, section 2.1).")]
    [Range(2, 4096)]
    public int BatchSize { get; init; } = 128;

    [Description("The network's widening factor k. Default 2, as the plain PyTorch training that the models are compared with: our choice, not tuned.")]
    [Range(1, 16)]
    public int Width { get; init; } = 2;

    [Description("The network's depth, 6n + 4. Default 16, the seed article's.")]
    [Depth]
    public int Depth { get; init; } = 16;

    [Description("Units of the dense layer before the last. Default 20, the seed article's.")]
    [Range(1, 4096)]
    public int DenseUnits { get; init; } = 20;

    [Description("Share of the values dropped between a block's convolutions. Default 0: our choice, not tuned; Zagoruyko and Komodakis 2016 train without it first and take 0.3 on CIFAR where they add it (section 3).")]
    [Range(0, 0.9)]
    public double Dropout { get; init; }

    [Description("Leading groups of blocks, with the first convolution, whose weights stay as they are: of three. Default 0, all is trained, as in the seed article.")]
    [Range(0, 3)]
    public int FrozenGroups { get; init; }

    [Description("What takes the steps. Default SGD with Nesterov momentum (Zagoruyko and Komodakis 2016, section 3, implementation details); AdamW is that of Loshchilov and Hutter 2019.")]
    [Defined]
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Sgd;

    [Description("Epochs without a better validation AUC after which training ends, with the weights of the best epoch; 0 for never. Default 0: our choice, since at the end of the cosine schedule the rate is 0 and the weights have settled (He et al. 2019, section 5.1).")]
    [Range(0, 1000)]
    public int Patience { get; init; }

    [Description("Highest learning rate, reached after the warm-up. Default 0.05, half of Zagoruyko and Komodakis' 0.1 (2016, section 3): our choice, not tuned. AdamW needs one of its own: 0.001 (Loshchilov and Hutter 2019).")]
    [Range(1e-6, 10)]
    public double LearningRate { get; init; } = DefaultLearningRate;

    [Description("Share of the steps in which the learning rate rises in a straight line (Goyal et al. 2017, section 2.2; He et al. 2019, section 3.1: five epochs); after it the rate falls as a cosine to 0 (Loshchilov and Hutter 2017; He et al. 2019, section 5.1). Default 0.2, 2.4 of 12 epochs: our choice, not tuned.")]
    [Range(0, 0.9)]
    public double WarmUp { get; init; } = 0.2;

    [Description("Momentum of SGD (Nesterov), or AdamW's first. Default 0.9 (Zagoruyko and Komodakis 2016, section 3; for AdamW Loshchilov and Hutter 2019).")]
    [Range(0, 0.999)]
    public double Momentum { get; init; } = 0.9;

    [Description("Weight decay. Default 5e-4 (Zagoruyko and Komodakis 2016, section 3).")]
    [Range(0, 1)]
    public double WeightDecay { get; init; } = 5e-4;

    [Description("Most pixels that a patch is shifted by, its edges mirrored; 0 for none. Default 4 (Zagoruyko and Komodakis 2016, section 3).")]
    [Range(0, 24)]
    public int Shift { get; init; } = 4;

    [Description("How far the amount of a stain is scaled, up and down. Default 0.15: our choice, not tuned, between the light 0.05 and the strong 0.2 of Tellez et al. 2019.")]
    [Range(0, 1)]
    public double StainJitter { get; init; } = 0.15;

    [Description("Share of the labels' weight that is spread over both classes (Szegedy et al. 2016, section 7, and He et al. 2019, section 5.2: 0.1). Default 0.05: our choice, not tuned.")]
    [Range(0, 0.5)]
    public double LabelSmoothing { get; init; } = 0.05;

    [Description("Largest norm of the gradient; a longer one is shortened to it (Pascanu et al. 2013); 0 for none. Default 5: our choice, not tuned.")]
    [Range(0, 1e6)]
    public double GradientClip { get; init; } = 5;

    [Description("What the convolutions compute in; weights and loss are always float32. Default full, which every processor has: our choice. Mixed is faster where the processor computes in bfloat16 (measured here: docs/training.md, Speed).")]
    [Defined]
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    [Description("Decay of the moving average of the weights that is evaluated and exported. Default 0.998, about 500 steps: our choice, not tuned; Tarvainen and Valpola 2017 take 0.999 for longer trainings.")]
    [Range(0, 0.99999)]
    public double AverageDecay { get; init; } = 0.998;

    [Description("Seed of weights, order and augmentation. Default 1: our choice, any other is as good.")]
    public int Seed { get; init; } = 1;

    [Description("Threads; 0 for one a processor. Default 0: our choice.")]
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>All values out of their ranges or at odds with another, by field.</summary>
    public IEnumerable<(string Field, string Fault)> Faults()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        if (Optimizer == OptimizerKind.AdamW && LearningRate == DefaultLearningRate)
        {
            faults.Add(new ValidationResult(string.Create(CultureInfo.InvariantCulture, $"The field LearningRate is {LearningRate}, the default for SGD, and much too high for AdamW: give 0.001."), [nameof(LearningRate)]));
        }

        return faults.Select(fault => ($"options.{JsonNamingPolicy.CamelCase.ConvertName(fault.MemberNames.First())}", fault.ErrorMessage!));
    }

    /// <summary>The network that they ask for.</summary>
    public NetworkShape Shape() => new(Width, Depth, DenseUnits, Dropout);

    private sealed class DefinedAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            Enum.IsDefined(value!.GetType(), value) ? ValidationResult.Success : new ValidationResult($"The field {validationContext.MemberName} is {value:D}; it must be {string.Join(" or ", Enum.GetNames(value.GetType()))}.", [validationContext.MemberName!]);
    }

    private sealed class DepthAttribute : ValidationAttribute
    {
        protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
            value is int depth && depth is >= 10 and <= 100 && (depth - 4) % 6 == 0 ? ValidationResult.Success : new ValidationResult($"The field Depth is {value}; it must be 10, 16, 22, 28 … 100.", [nameof(Depth)]);
    }
}
