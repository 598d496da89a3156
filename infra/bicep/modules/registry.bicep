// Where the images lie. Only identities with a role pull or push; there is no admin user, and nothing is anonymous.

param location string

@minLength(5)
@maxLength(50)
param name string

param sku string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  sku: { name: sku }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false

    // Roles on the whole registry: there is nothing in it but this deployment's images.
    roleAssignmentMode: 'LegacyRegistryPermissions'

    // A registry behind a private endpoint costs ten times as much; identities guard this one.
    publicNetworkAccess: 'Enabled'
    networkRuleBypassOptions: 'AzureServices'
    networkRuleBypassAllowedForTasks: false
    dataEndpointEnabled: false
    zoneRedundancy: 'Disabled'
    policies: {
      quarantinePolicy: { status: 'disabled' }

      // Container Apps and `az acr build` ask with tokens of Azure's own audience.
      azureADAuthenticationAsArmPolicy: { status: 'enabled' }
      trustPolicy: { type: 'Notary', status: 'disabled' }
    }
  }
}

@description('Host name that images begin with.')
output loginServer string = registry.properties.loginServer
