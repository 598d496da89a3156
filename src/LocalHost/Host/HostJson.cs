using System.Globalization;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Values of <c>host.json</c>; one that can't be read is an error that names it.</summary>
public static class HostJson
{
    /// <summary>A number.</summary>
    /// <exception cref="InvalidDataException">It is none, or outside its range.</exception>
    public static int Number(this IConfiguration section, string name, int otherwise, int least, int most = int.MaxValue) =>
        section[name] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw new InvalidDataException(
            $"host.json: {NameOf(section, name)} is '{text}'; "
            + $"it must be a number of at least {least}{(most < int.MaxValue ? $" and at most {most}" : "")}.");

    /// <summary>A duration, e.g. <c>00:00:30</c>.</summary>
    /// <exception cref="InvalidDataException">It is none, or shorter than the least.</exception>
    public static TimeSpan Duration(this IConfiguration section, string name, TimeSpan otherwise, TimeSpan least) =>
        section[name] is not { } text ? otherwise
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least ? value
        : throw new InvalidDataException($"host.json: {NameOf(section, name)} is '{text}'; it must be a duration (hh:mm:ss) of at least {least:c}.");

    private static string NameOf(IConfiguration section, string name) =>
        section is IConfigurationSection { Path: { Length: > 0 } path } ? $"{path.Replace(':', '.')}.{name}" : name;
}
