using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions;

/// <summary>Checks <see cref="SweepOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class SweepOptionsValidator : IValidateOptions<SweepOptions>;
