namespace IdcFunctions.Infra.Tests;

public sealed class SignInTests(Deployment deployment)
{
    private const string SignIn = "Microsoft.App/containerApps/authConfigs";

    [Fact]
    public void Everybody_signs_in_with_Entra_but_the_probes()
    {
        var properties = deployment.Prod.One(SignIn)["properties"]!;
        var providers = properties["identityProviders"]!.AsObject();

        Assert.Equal("idc-app/current", (string?)deployment.Prod.One(SignIn)["name"]);
        Assert.True((bool)properties["platform"]!["enabled"]!);
        Assert.Equal("RedirectToLoginPage", (string?)properties["globalValidation"]!["unauthenticatedClientAction"]);
        Assert.Equal(["/health/live", "/health/ready"], properties["globalValidation"]!["excludedPaths"]!.AsArray().Select(path => (string?)path));
        Assert.Equal(["azureActiveDirectory"], providers.Where(provider => (bool)provider.Value!["enabled"]!).Select(provider => provider.Key));
    }

    [Fact]
    public void The_registration_is_the_parameters_and_needs_no_secret()
    {
        var entra = deployment.Prod.One(SignIn)["properties"]!["identityProviders"]!["azureActiveDirectory"]!;

        Assert.Equal("00000000-0000-0000-0000-000000000002", (string?)entra["registration"]!["clientId"]);
        Assert.Equal("override-use-mi-fic-assertion-client-id", (string?)entra["registration"]!["clientSecretSettingName"]);
        Assert.Equal(
            ["00000000-0000-0000-0000-000000000002", "api://00000000-0000-0000-0000-000000000002"],
            entra["validation"]!["allowedAudiences"]!.AsArray().Select(audience => (string?)audience));
    }

    [Fact]
    public void No_users_token_is_kept_and_only_https_is_spoken()
    {
        var properties = deployment.Prod.One(SignIn)["properties"]!;

        Assert.False((bool)properties["login"]!["tokenStore"]!["enabled"]!);
        Assert.True((bool)properties["login"]!["nonce"]!["validateNonce"]!);
        Assert.Empty(properties["login"]!["allowedExternalRedirectUrls"]!.AsArray());
        Assert.True((bool)properties["httpSettings"]!["requireHttps"]!);
        Assert.Equal("NoProxy", (string?)properties["httpSettings"]!["forwardProxy"]!["convention"]);
    }
}
