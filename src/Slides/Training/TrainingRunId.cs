using System.Globalization;
using System.Text.RegularExpressions;

namespace IdcFunctions.Slides.Training;

/// <summary>A training run's key: when it was asked for, to the second, and eight random hex digits, so that keys sort by time.</summary>
public sealed partial record TrainingRunId
{
    private TrainingRunId(string value) => Value = value;

    /// <summary><c>yyyyMMdd-HHmmss-</c> and eight lower-case hex digits.</summary>
    public string Value { get; }

    /// <summary>A new one.</summary>
    public static TrainingRunId New(DateTimeOffset now) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}"));

    /// <summary>Reads an id; null where the text is none.</summary>
    public static TrainingRunId? Parse(string? text) => text is not null && Form().IsMatch(text) ? new TrainingRunId(text) : null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[0-9]{8}-[0-9]{6}-[0-9a-f]{8}\z")]
    private static partial Regex Form();
}
