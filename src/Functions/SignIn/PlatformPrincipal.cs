using System.Security.Claims;
using System.Text.Json;

namespace IdcFunctions.Functions.SignIn;

/// <summary>The caller as the platform's built-in authentication tells it: Base64 of JSON with the token's claims.</summary>
public static class PlatformPrincipal
{
    /// <summary>The header. The platform overwrites whatever a caller sends under this name.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>The identity's kind; any other has not signed in here.</summary>
    public const string Scheme = "EasyAuth";

    private const string EntraType = "aad";
    private const string RolesClaim = "roles";
    private static readonly JsonSerializerOptions Json = new() { PropertyNameCaseInsensitive = false };

    /// <summary>
    /// Reads the header: name (an application's id where it acts for nobody) and roles, nothing else of the token. Null
    /// for what the platform would not write.
    /// </summary>
    public static ClaimsPrincipal? Read(string header)
    {
        try
        {
            var document = JsonSerializer.Deserialize<Document>(Convert.FromBase64String(header), Json);
            return document is { auth_typ: EntraType, claims: { } claims }
                ? new ClaimsPrincipal(new ClaimsIdentity([.. Keep(document, claims), .. ApplicationOf(document, claims)], Scheme))
                : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<Claim> Keep(Document document, IEnumerable<Item> claims)
    {
        foreach (var claim in claims)
        {
            if (claim.val is { } value && (claim.typ == RolesClaim || claim.typ == document.role_typ))
            {
                yield return new Claim(ClaimTypes.Role, value);
            }
            else if (claim.val is { } name && claim.typ == document.name_typ)
            {
                yield return new Claim(ClaimTypes.Name, name);
            }
        }
    }

    /// <summary>An application that acts for nobody has no name: it goes by its id (<c>azp</c>; <c>appid</c> in tokens of version 1).</summary>
    private static IEnumerable<Claim> ApplicationOf(Document document, IReadOnlyList<Item> claims) =>
        claims.Any(claim => claim.typ == document.name_typ) ? []
            : claims
                .Where(claim => claim is { typ: "azp" or "appid", val: not null })
                .Take(1)
                .Select(claim => new Claim(ClaimTypes.Name, claim.val!));

#pragma warning disable IDE1006 // The platform's own names.
    private sealed record Document(string? auth_typ, string? name_typ, string? role_typ, IReadOnlyList<Item>? claims);

    private sealed record Item(string? typ, string? val);
#pragma warning restore IDE1006
}
