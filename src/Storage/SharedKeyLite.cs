using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IdcFunctions.Storage;

/// <summary>Signs requests to the table service with an account's key, each try anew, since the signature holds the time.</summary>
/// <param name="account">The account's name.</param>
/// <param name="key">Its key.</param>
internal sealed class SharedKeyLite(string account, byte[] key) : HttpPipelineSynchronousPolicy
{
    /// <summary>The key of the emulator's one account, which <c>UseDevelopmentStorage=true</c> stands for.</summary>
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <summary>For the account of a connection string.</summary>
    /// <exception cref="InvalidOperationException">It has no key.</exception>
    public static SharedKeyLite Of(string connection, string account)
    {
        var settings = connection.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(setting => setting.Split('=', 2))
            .Where(setting => setting.Length == 2)
            .ToDictionary(setting => setting[0], setting => setting[1], StringComparer.OrdinalIgnoreCase);
        var key = settings.GetValueOrDefault("AccountKey") ?? (settings.ContainsKey("UseDevelopmentStorage") ? EmulatorKey : null)
            ?? throw new InvalidOperationException(
                "The connection string 'Slides' has no AccountKey: "
                + "give one with it, or Slides__tableServiceUri and its like with an identity.");
        return new SharedKeyLite(account, Convert.FromBase64String(key));
    }

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{account}{message.Request.Uri.ToUri().AbsolutePath}"));
        message.Request.Headers.SetValue("x-ms-date", date);
        message.Request.Headers.SetValue(HttpHeader.Names.Authorization, $"SharedKeyLite {account}:{Convert.ToBase64String(signed)}");
    }
}
