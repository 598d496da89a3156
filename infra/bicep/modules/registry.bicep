// Where the images lie. Only identities with a role pull or push; there is no admin user, and nothing is anonymous.

param location string

@minLength(5)
@maxLength(50)
param name string

param sku string

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: location
  sku: { name: sku }
  properties: {
    adminUserEnabled: false

    // A registry behind a private endpoint costs ten times as much; identities guard this one.
    publicNetworkAccess: 'Enabled'
    networkRuleBypassOptions: 'AzureServices'
    dataEndpointEnabled: false
    zoneRedundancy: 'Disabled'
    policies: {
      quarantinePolicy: { status: 'disabled' }
      trustPolicy: { type: 'Notary', status: 'disabled' }
    }
  }
}

@description('Host name that images begin with.')
output loginServer string = registry.properties.loginServer
