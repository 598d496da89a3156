using System.Text.Json;

namespace IdcFunctions.LocalHost.Host;

/// <summary>A function's trigger as its <c>function.json</c> has it.</summary>
/// <param name="Function">The function's name: its folder.</param>
/// <param name="Type">The trigger's type, e.g. <c>queueTrigger</c>.</param>
/// <param name="Json">The binding.</param>
public sealed record TriggerBinding(string Function, string Type, JsonElement Json)
{
    /// <summary>A text that the binding must have.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public string Require(string property) =>
        Json.TryGetProperty(property, out var value) && value.GetString() is { } text
            ? text
            : throw new InvalidDataException($"{Function}/function.json: its {Type} has no '{property}'.");
}
