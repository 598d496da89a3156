using IdcFunctions.Functions.Storage;
using Microsoft.Extensions.Configuration;

namespace IdcFunctions.Infra.Tests;

public sealed class FunctionAppTests(Deployment deployment)
{
    private const string Site = "Microsoft.Web/sites";

    [Fact]
    public void The_app_is_a_custom_handler_that_leaves_the_start_page_to_us()
    {
        var settings = Settings();

        Assert.Equal("functionapp,linux", (string?)deployment.One(Site)["kind"]);
        Assert.Equal("custom", settings["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal("~4", settings["FUNCTIONS_EXTENSION_VERSION"]);
        Assert.Equal("true", settings["AzureWebJobsDisableHomepage"]);
    }

    [Theory]
    [InlineData("AzureWebJobsStorage")]
    [InlineData("Slides")]
    public void A_connection_is_an_identity_and_three_addresses(string connection)
    {
        var account = (string)deployment.One("Microsoft.Storage/storageAccounts")["id"]!;
        var identity = (string)deployment.One("Microsoft.ManagedIdentity/userAssignedIdentities")["id"]!;
        var settings = Settings();

        Assert.DoesNotContain(connection, settings.Keys);
        Assert.Equal("managedidentity", settings[$"{connection}__credential"]);
        Assert.Matches($@"^\[reference\('{identity}', '[0-9-]+'\)\.clientId\]$", settings[$"{connection}__clientId"]);
        Assert.All(
            (string[])["blob", "queue", "table"],
            service => Assert.Matches($@"^\[reference\('{account}', '[0-9-]+'\)\.primaryEndpoints\.{service}\]$", settings[$"{connection}__{service}ServiceUri"]));
    }

    [Fact]
    public void The_program_finds_its_storage_in_the_settings()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Settings().Select(setting => KeyValuePair.Create(
                setting.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                setting.Key.EndsWith("ServiceUri", StringComparison.Ordinal) ? $"https://{setting.Key}.example/" : setting.Value))!)
            .Build();

        var clients = StorageClients.Create(configuration);

        Assert.Equal(
            ["slides__blobserviceuri.example", "slides__queueserviceuri.example", "slides__tableserviceuri.example"],
            [clients.Blobs.Uri.Host, clients.Queues.Uri.Host, clients.Tables.Uri.Host]);
    }

    [Fact]
    public void Nobody_may_call_the_app_until_addresses_are_named()
    {
        var config = deployment.One(Site)["properties"]!["siteConfig"]!;

        Assert.Equal("Deny", (string?)config["ipSecurityRestrictionsDefaultAction"]);
        Assert.Empty(config["ipSecurityRestrictions"]!.AsArray());
    }

    [Fact]
    public void Only_encrypted_traffic_and_no_passwords_reach_the_app()
    {
        var properties = deployment.One(Site)["properties"]!;

        Assert.True((bool)properties["httpsOnly"]!);
        Assert.Equal("1.2", (string?)properties["siteConfig"]!["minTlsVersion"]);
        Assert.Equal("1.2", (string?)properties["siteConfig"]!["scmMinTlsVersion"]);
        Assert.Equal("Disabled", (string?)properties["siteConfig"]!["ftpsState"]);
        Assert.False((bool)properties["siteConfig"]!["remoteDebuggingEnabled"]!);
        Assert.Equal(["ftp", "scm"], deployment.Names($"{Site}/basicPublishingCredentialsPolicies"));
        Assert.All(
            deployment.All($"{Site}/basicPublishingCredentialsPolicies"),
            policy => Assert.False((bool)policy["properties"]!["allow"]!));
    }

    [Fact]
    public void Telemetry_is_taken_from_the_apps_identity_only()
    {
        var component = deployment.One("Microsoft.Insights/components")["properties"]!;
        var workspace = deployment.One("Microsoft.OperationalInsights/workspaces");

        Assert.Equal((string?)workspace["id"], (string?)component["WorkspaceResourceId"]);
        Assert.True((bool)component["DisableLocalAuth"]!);
        Assert.True((bool)workspace["properties"]!["features"]!["disableLocalAuth"]!);
        Assert.StartsWith("[format('ClientId={0};Authorization=AAD', ", Settings()["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"], StringComparison.Ordinal);
    }

    private Dictionary<string, string> Settings() =>
        deployment.One(Site)["properties"]!["siteConfig"]!["appSettings"]!.AsArray()
            .ToDictionary(setting => (string)setting!["name"]!, setting => (string)setting!["value"]!);
}
