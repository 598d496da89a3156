using System.Text.Json;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A call as the scripted handler got it.</summary>
/// <param name="Start">Which process of the handler, from 1.</param>
/// <param name="Function">The function.</param>
/// <param name="Text">The message.</param>
/// <param name="DequeueCount">Which delivery of it.</param>
/// <param name="Running">Calls that ran then, this one included.</param>
/// <param name="Value">The value in the envelope's Data.</param>
internal sealed record ScriptedCall(int Start, string Function, string Text, int DequeueCount, int Running, JsonElement Value);
