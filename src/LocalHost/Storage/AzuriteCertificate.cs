namespace IdcFunctions.LocalHost.Storage;

/// <summary>What Azurite speaks HTTPS with.</summary>
/// <param name="File">The certificate, PEM.</param>
/// <param name="KeyFile">Its private key, PEM.</param>
public sealed record AzuriteCertificate(string File, string KeyFile);
