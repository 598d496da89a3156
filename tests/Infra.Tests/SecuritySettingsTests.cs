using System.Text.Json.Nodes;

namespace IdcFunctions.Infra.Tests;

/// <summary>
/// Every security setting is stated, also where it is Azure's default: defaults differ between tools and years. What the
/// values must be, the tests of each part say.
/// </summary>
public sealed class SecuritySettingsTests(Deployment deployment)
{
    /// <summary>Each type of resource with the settings that must stand in it; none where the type has no such setting.</summary>
    private static readonly Dictionary<string, string[]> Stated = new()
    {
        ["Microsoft.App/containerApps"] =
        [
            "identity.type", "properties.configuration.secrets", "properties.configuration.registries", "properties.configuration.activeRevisionsMode",
        ],
        ["Microsoft.App/containerApps/authConfigs"] =
        [
            "properties.platform.enabled", "properties.globalValidation.unauthenticatedClientAction", "properties.globalValidation.excludedPaths",
            "properties.httpSettings.requireHttps", "properties.httpSettings.forwardProxy.convention", "properties.login.tokenStore.enabled",
            "properties.login.allowedExternalRedirectUrls", "properties.login.cookieExpiration.timeToExpiration", "properties.login.nonce.validateNonce",
        ],
        ["Microsoft.App/jobs"] = ["identity.type", "properties.configuration.secrets", "properties.configuration.registries", "properties.configuration.replicaTimeout"],
        ["Microsoft.App/managedEnvironments"] =
        [
            "properties.publicNetworkAccess", "properties.peerAuthentication.mtls.enabled", "properties.peerTrafficConfiguration.encryption.enabled",
            "properties.appLogsConfiguration.destination",
        ],
        ["Microsoft.Authorization/roleAssignments"] = ["properties.principalType", "properties.principalId", "properties.roleDefinitionId"],
        ["Microsoft.ContainerRegistry/registries"] =
        [
            "properties.adminUserEnabled", "properties.anonymousPullEnabled", "properties.publicNetworkAccess", "properties.networkRuleBypassOptions",
            "properties.networkRuleBypassAllowedForTasks", "properties.roleAssignmentMode", "properties.policies.azureADAuthenticationAsArmPolicy.status",
            "properties.policies.trustPolicy.status", "properties.policies.quarantinePolicy.status",
        ],
        ["Microsoft.EventGrid/systemTopics"] = ["identity.type"],
        ["Microsoft.EventGrid/systemTopics/eventSubscriptions"] = ["properties.deliveryWithResourceIdentity.identity.type", "properties.deadLetterWithResourceIdentity.identity.type"],
        ["Microsoft.Insights/actionGroups"] = [],
        ["Microsoft.Insights/components"] =
        [
            "properties.DisableLocalAuth", "properties.DisableIpMasking", "properties.publicNetworkAccessForIngestion", "properties.publicNetworkAccessForQuery",
        ],
        ["Microsoft.Insights/diagnosticSettings"] = [],
        ["Microsoft.Insights/metricAlerts"] = [],
        ["Microsoft.Insights/scheduledQueryRules"] = [],
        ["Microsoft.Insights/workbooks"] = [],
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = [],
        ["Microsoft.Network/networkSecurityGroups"] = ["properties.securityRules"],
        ["Microsoft.Network/privateDnsZones"] = [],
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = ["properties.registrationEnabled"],
        ["Microsoft.Network/privateEndpoints"] = ["properties.subnet.id"],
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = [],
        ["Microsoft.Network/virtualNetworks"] = [],
        ["Microsoft.OperationalInsights/workspaces"] =
        [
            "properties.features.disableLocalAuth", "properties.features.enableLogAccessUsingOnlyResourcePermissions", "properties.retentionInDays",
            "properties.publicNetworkAccessForIngestion", "properties.publicNetworkAccessForQuery",
        ],
        ["Microsoft.Storage/storageAccounts"] =
        [
            "properties.allowSharedKeyAccess", "properties.defaultToOAuthAuthentication", "properties.allowBlobPublicAccess", "properties.isLocalUserEnabled",
            "properties.isSftpEnabled", "properties.isNfsV3Enabled", "properties.isHnsEnabled", "properties.supportsHttpsTrafficOnly", "properties.minimumTlsVersion",
            "properties.allowCrossTenantReplication", "properties.allowedCopyScope", "properties.publicNetworkAccess", "properties.networkAcls.defaultAction",
            "properties.networkAcls.bypass", "properties.networkAcls.ipRules", "properties.networkAcls.virtualNetworkRules", "properties.encryption.keySource",
            "properties.encryption.requireInfrastructureEncryption", "properties.encryption.services.blob.enabled", "properties.encryption.services.file.enabled",
            "properties.encryption.services.queue.keyType", "properties.encryption.services.table.keyType",
        ],
        ["Microsoft.Storage/storageAccounts/blobServices"] =
        [
            "properties.deleteRetentionPolicy.days", "properties.deleteRetentionPolicy.allowPermanentDelete", "properties.containerDeleteRetentionPolicy.days",
            "properties.isVersioningEnabled", "properties.cors.corsRules",
        ],
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = ["properties.publicAccess"],
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = [],
        ["Microsoft.Storage/storageAccounts/queueServices"] = ["properties.cors.corsRules"],
        ["Microsoft.Storage/storageAccounts/queueServices/queues"] = [],
        ["Microsoft.Storage/storageAccounts/tableServices"] = ["properties.cors.corsRules"],
        ["Microsoft.Storage/storageAccounts/tableServices/tables"] = [],
    };

    [Fact]
    public void Each_security_setting_of_each_resource_is_stated()
    {
        foreach (var resource in deployment.Prod.Resources.Concat(deployment.Dev.Resources).Concat(deployment.Everything.Resources))
        {
            var type = (string)resource["type"]!;
            Assert.True(Stated.ContainsKey(type), $"{type}: say which of its settings are about security.");
            Assert.All(Stated[type], path => Assert.True(Find(resource, path) is not null, $"{type} {resource["name"]}: {path} is not stated."));
        }
    }

    [Fact]
    public void Ingress_states_what_reaches_the_app()
    {
        var ingress = deployment.Prod.One("Microsoft.App/containerApps", "idc-app")["properties"]!["configuration"]!["ingress"]!;

        Assert.All(
            (string[])["external", "targetPort", "transport", "allowInsecure", "clientCertificateMode", "ipSecurityRestrictions", "stickySessions"],
            setting => Assert.NotNull(ingress[setting]));
        Assert.Null(ingress["corsPolicy"]);
    }

    [Fact]
    public void Nobody_pulls_an_image_without_signing_in() =>
        Assert.False((bool)deployment.Prod.One("Microsoft.ContainerRegistry/registries")["properties"]!["anonymousPullEnabled"]!);

    private static JsonNode? Find(JsonNode resource, string path) => path.Split('.').Aggregate((JsonNode?)resource, (node, name) => node?[name]);
}
