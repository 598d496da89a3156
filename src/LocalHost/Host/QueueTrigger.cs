namespace IdcFunctions.LocalHost.Host;

/// <summary>A function behind a queue.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Binding">Name of the value in the envelope's Data.</param>
/// <param name="Queue">The queue.</param>
public sealed record QueueTrigger(string Function, string Binding, string Queue)
{
    /// <summary>Reads the trigger.</summary>
    /// <exception cref="InvalidDataException">It wants bytes, which this host does not deliver.</exception>
    public static QueueTrigger Read(TriggerBinding binding) =>
        binding.Json.TryGetProperty("dataType", out var type) && type.GetString() is not "string"
            ? throw new InvalidDataException(
                $"{binding.Function}/function.json: this host delivers queue messages as text; the dataType here is '{type}'.")
            : new(binding.Function, binding.Require("name"), binding.Require("queueName"));
}
