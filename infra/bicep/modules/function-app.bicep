// A function app as a container: the Functions host and our handler in one image, `kind: functionapp`. The platform makes
// the scale rules from the functions' triggers; here stand only the replicas' bounds.

import { hardware, profiles, replicas } from '../types.bicep'

param location string

param name string

param environmentName string

@description('The image in the registry, with its tag.')
param image string

param registryServer string

@description('Resource id of the identity that the app works as and pulls with.')
param identityId string

param identityClientId string

param runsOn hardware

param bounds replicas

@description('Address ranges (CIDR) that may call the app; all where there are none. Null: the app answers nobody, and has no address.')
param allowedAddresses string[]?

@description('Storage account of the Functions host.')
param hostStorageName string

@description('Storage account of the slides.')
param slidesStorageName string

param applicationInsightsName string

@description('Further settings of this app.')
param settings { name: string, value: string }[]

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' existing = {
  name: environmentName
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostStorageName
}

resource slidesStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: slidesStorageName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

// Each account's three addresses, and the identity instead of a key.
var connections = [
  { name: 'AzureWebJobsStorage', endpoints: hostStorage.properties.primaryEndpoints }
  { name: 'Slides', endpoints: slidesStorage.properties.primaryEndpoints }
]
var connectionSettings = flatten(map(connections, connection => [
  { name: '${connection.name}__blobServiceUri', value: connection.endpoints.blob }
  { name: '${connection.name}__queueServiceUri', value: connection.endpoints.queue }
  { name: '${connection.name}__tableServiceUri', value: connection.endpoints.table }
  { name: '${connection.name}__credential', value: 'managedidentity' }
  { name: '${connection.name}__clientId', value: identityClientId }
]))

// The platform's sign-in takes a token of the identity for its secret: the value under this name, which it knows, is the
// identity's client id, and no secret.
var signInSecret = 'override-use-mi-fic-assertion-client-id'

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    managedEnvironmentId: environment.id
    workloadProfileName: profiles[runsOn].name
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 10
      registries: [{ server: registryServer, identity: identityId }]
      // Its value is an identity's id, which outputs and settings show too: nothing that must be kept.
      #disable-next-line use-secure-value-for-secure-inputs
      secrets: allowedAddresses == null ? [] : [{ name: signInSecret, value: identityClientId }]
      ingress: allowedAddresses == null
        ? null
        : {
            external: true
            targetPort: 8080
            transport: 'auto'
            allowInsecure: false
            clientCertificateMode: 'ignore'
            stickySessions: { affinity: 'none' }
            traffic: [{ latestRevision: true, weight: 100 }]
            ipSecurityRestrictions: map(allowedAddresses!, range => {
              name: replace(range, '/', '-')
              ipAddressRange: range
              action: 'Allow'
            })
          }
    }
    template: {
      // What runs is given a minute to come to an end; a handler that is killed loses seconds.
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'functions'
          image: '${registryServer}/${image}'
          resources: {
            cpu: json(profiles[runsOn].cpu)
            memory: profiles[runsOn].memory
          }
          env: concat(connectionSettings, [
            { name: 'FUNCTIONS_EXTENSION_VERSION', value: '~4' }
            { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'custom' }
            { name: 'AzureWebJobsDisableHomepage', value: 'true' }
            { name: 'AzureWebJobsSecretStorageType', value: 'files' }
            { name: 'AzureFunctionsWebHost__hostid', value: name }
            { name: 'Auth__Mode', value: 'EasyAuth' }

            // The app's own telemetry. The Functions host gets no connection string: it would send the addresses of
            // requests, which hold slides' names.
            { name: 'Telemetry__ConnectionString', value: applicationInsights.properties.ConnectionString }
          ], settings)

          // Straight to the container, past the sign-in. Through host and handler: a host whose handler is gone is not alive.
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/health/live', port: 8080, scheme: 'HTTP' }
              periodSeconds: 5
              timeoutSeconds: 3
              failureThreshold: 36
            }
            {
              type: 'Liveness'
              httpGet: { path: '/health/live', port: 8080, scheme: 'HTTP' }
              periodSeconds: 15
              timeoutSeconds: 5
              failureThreshold: 10
            }
            {
              type: 'Readiness'
              httpGet: { path: '/health/live', port: 8080, scheme: 'HTTP' }
              periodSeconds: 5
              timeoutSeconds: 3
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        minReplicas: bounds.min
        maxReplicas: bounds.max
      }
    }
  }
}

@description('Host name; empty where the app answers nobody.')
output hostName string = allowedAddresses == null ? '' : app.properties.configuration.ingress.fqdn
