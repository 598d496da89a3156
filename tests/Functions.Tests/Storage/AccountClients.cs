using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>The app's clients of an account that its connection string names.</summary>
internal static class AccountClients
{
    /// <summary>Makes them, as the app does of its connection <c>Slides</c>.</summary>
    public static StorageClients Of(string connection) => StorageClients.Create(key => key == "Slides" ? connection : null);
}
