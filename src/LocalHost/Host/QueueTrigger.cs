namespace IdcFunctions.LocalHost.Host;

/// <summary>A function behind a queue.</summary>
/// <param name="Function">Its name.</param>
/// <param name="Binding">Name of the value in the envelope's Data.</param>
/// <param name="Queue">The queue.</param>
public sealed record QueueTrigger(string Function, string Binding, string Queue)
{
    /// <summary>Reads the trigger.</summary>
    public static QueueTrigger Read(TriggerBinding binding) => new(binding.Function, binding.Require("name"), binding.Require("queueName"));
}
