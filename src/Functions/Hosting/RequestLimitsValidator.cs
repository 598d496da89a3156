using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Hosting;

/// <summary>Checks <see cref="RequestLimits"/> at start.</summary>
[OptionsValidator]
public sealed partial class RequestLimitsValidator : IValidateOptions<RequestLimits>;
