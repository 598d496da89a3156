namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>A start of the scripted handler.</summary>
/// <param name="Start">Which, from 1.</param>
/// <param name="Process">Its process id.</param>
/// <param name="Folder">Its working directory.</param>
/// <param name="Environment">Its environment.</param>
internal sealed record ScriptedStart(int Start, int Process, string Folder, IReadOnlyDictionary<string, string> Environment);
