using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>Azurite's three ports.</summary>
/// <param name="Blob">Blobs.</param>
/// <param name="Queue">Queues.</param>
/// <param name="Table">Tables.</param>
public sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>The ports behind <c>UseDevelopmentStorage=true</c>.</summary>
    public static AzuritePorts Usual { get; } = new(10000, 10001, 10002);

    /// <summary>Ports that are free now.</summary>
    public static AzuritePorts Free() => new(FreePort.Take(), FreePort.Take(), FreePort.Take());
}
