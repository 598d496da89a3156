using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Training;

/// <summary>Checks options against their ranges, all at once.</summary>
public static class OptionsCheck
{
    /// <summary>Throws with every fault.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static void ThrowIfInvalid(TrainingOptions options)
    {
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
        {
            throw new ArgumentException(string.Join(Environment.NewLine, faults.Select(fault => fault.ErrorMessage)));
        }
    }
}
