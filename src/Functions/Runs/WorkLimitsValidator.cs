using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Runs;

/// <summary>Checks <see cref="WorkLimits"/> at start.</summary>
[OptionsValidator]
public sealed partial class WorkLimitsValidator : IValidateOptions<WorkLimits>;
