// The function app: the published src/Functions, a custom handler, on a Linux App Service plan.
//
// Why a plan of its own, and neither of the elastic ones:
// - Consumption ends a call after ten minutes; a slide that must be streamed whole takes longer (functionTimeout: one hour).
// - Flex Consumption gives an app 30 seconds to start, fixed, where host.json allows two minutes to load the model; it runs
//   each function on instances of its own, so one slide would wait for a start at each step; and SweepRuns, every five
//   minutes, would keep it from scaling to zero anyway.
// - Elastic Premium keeps its content in Azure Files, which takes account keys only; there are none.
// Here one warm process does all steps of a slide, as on one machine, and a call may take as long as it needs.

param location string

@description('Name of the app; its host name\'s first label, so unique in Azure.')
param name string

param planName string

param planSku string

param planInstances int

@description('Address ranges (CIDR) that may call the app; all others are refused.')
param allowedAddresses string[]

param storageAccountName string

param applicationInsightsName string

@description('User-assigned identity that the app works as; it has its roles before the app starts.')
param identityName string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

// The host's own connection and ours: the same account and identity, two names, so that they can part.
var connections = ['AzureWebJobsStorage', 'Slides']
var connectionSettings = flatten(map(connections, connection => [
  { name: '${connection}__blobServiceUri', value: account.properties.primaryEndpoints.blob }
  { name: '${connection}__queueServiceUri', value: account.properties.primaryEndpoints.queue }
  { name: '${connection}__tableServiceUri', value: account.properties.primaryEndpoints.table }
  { name: '${connection}__credential', value: 'managedidentity' }
  { name: '${connection}__clientId', value: identity.properties.clientId }
]))

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  kind: 'linux'
  sku: {
    name: planSku
    capacity: planInstances
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    reserved: true
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    siteConfig: {
      // Empty: the host's plain image. The program brings its own runtime (published self-contained).
      linuxFxVersion: ''
      alwaysOn: true
      healthCheckPath: '/health/live'

      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      webSocketsEnabled: false

      ipSecurityRestrictionsDefaultAction: 'Deny'
      ipSecurityRestrictions: [
        for (addresses, index) in allowedAddresses: {
          name: 'allowed-${index}'
          ipAddress: addresses
          action: 'Allow'
          priority: 100 + index
        }
      ]

      // Deploying asks for an Entra sign-in (basicPublishingCredentialsPolicies below), from wherever the pipeline runs.
      scmIpSecurityRestrictionsUseMain: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictions: []

      appSettings: concat(connectionSettings, [
        { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
        { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'custom' }
        { name: 'AzureWebJobsDisableHomepage', value: 'true' }
        // The deployed package itself, read-only: what runs is what was deployed.
        { name: 'WEBSITE_RUN_FROM_PACKAGE', value: '1' }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: applicationInsights.properties.ConnectionString }
        {
          name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
          value: 'ClientId=${identity.properties.clientId};Authorization=AAD'
        }
      ])
    }
  }
}

// No user names and passwords for deploying.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output hostName string = app.properties.defaultHostName
