using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Viewing;

/// <summary>Checks <see cref="ViewOptions"/> at start.</summary>
[OptionsValidator]
public sealed partial class ViewOptionsValidator : IValidateOptions<ViewOptions>;
