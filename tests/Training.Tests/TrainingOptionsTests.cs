using System.ComponentModel;
using System.Reflection;
using System.Text.Json;

namespace IdcFunctions.Training.Tests;

public sealed class TrainingOptionsTests
{
    public static TheoryData<string> Names { get; } = [.. typeof(TrainingOptions).GetProperties().Select(option => option.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_default_has_its_source_a_paper_the_seed_article_or_our_own_choice(string name)
    {
        var help = typeof(TrainingOptions).GetProperty(name)!.GetCustomAttribute<DescriptionAttribute>()!.Description;

        Assert.Matches("Default [^.]*.*(20[01][0-9]|the seed article|our choice)", help);
    }

    [Fact]
    public void AdamW_with_the_learning_rate_of_SGD_is_refused()
    {
        var options = new TrainingOptions { Optimizer = OptimizerKind.AdamW };

        var (field, fault) = Assert.Single(options.Faults());

        Assert.Equal("options.learningRate", field);
        Assert.Contains("0.001", fault, StringComparison.Ordinal);
        Assert.Empty((options with { LearningRate = 0.001 }).Faults());
        Assert.Empty(new TrainingOptions().Faults());
    }

    /// <summary>A number is taken for a choice by JSON and command line: 7 once trained with AdamW at the rate of SGD.</summary>
    [Theory]
    [InlineData("""{"optimizer":7}""", "options.optimizer", "The field Optimizer is 7; it must be Sgd or AdamW.")]
    [InlineData("""{"precision":9}""", "options.precision", "The field Precision is 9; it must be Full or Mixed.")]
    public void A_number_that_is_no_choice_is_refused(string json, string field, string fault) =>
        Assert.Equal((field, fault), Assert.Single(JsonSerializer.Deserialize<TrainingOptions>(json, TrainingJson.Options)!.Faults()));
}
