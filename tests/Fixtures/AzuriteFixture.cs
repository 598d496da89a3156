using IdcFunctions.LocalHost.Storage;
using Xunit;

namespace IdcFunctions.Fixtures;

/// <summary>An Azurite in memory with the app's containers, queues and tables: one for a test assembly, or for one test.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private Azurite? azurite;

    /// <summary>Connection string of its account.</summary>
    public string ConnectionString => azurite?.ConnectionString ?? throw new InvalidOperationException("Azurite is not started.");

    /// <summary>Installs Azurite where that was never done, and starts it.</summary>
    public async ValueTask InitializeAsync()
    {
        var installation = await AzuriteInstallation.FindOrInstallAsync(Console.Error.WriteLine, CancellationToken.None);
        azurite = await Azurite.StartAsync(installation, null, AzuritePorts.Free(), CancellationToken.None);
        await StorageSetup.CreateAsync(azurite.ConnectionString, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }
    }
}
