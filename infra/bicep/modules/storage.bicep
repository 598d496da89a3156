// A storage account: the slides' (slides, results, messages, rows), or the Functions host's own, which has no names of ours.

import { lifecycleRule } from '../types.bicep'

param location string

@minLength(3)
@maxLength(24)
param name string

param sku string

@description('Blob containers, all private.')
param containers string[]

param queues string[]

param tables string[]

@description('Rules of the account\'s lifecycle.')
param lifecycleRules lifecycleRule[]

@description('Origins (https://host) whose pages may write blobs.')
param writingOrigins string[]

@description('True where only private endpoints and Azure\'s own services lead to the account.')
param isPrivate bool

@description('Days that deleted blobs and containers can be restored.')
param deletedBlobsDays int

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'

    // Identities only: no account key opens the account, and so no shared access signature that a key signs.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    isLocalUserEnabled: false
    isSftpEnabled: false
    isNfsV3Enabled: false
    isHnsEnabled: false

    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'

    // Without the private network users upload slides from where they are: the account has a public address, and
    // identities and roles guard it. With it, the address answers Azure's own services only: Event Grid delivers by it.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
      ipRules: []
      virtualNetworkRules: []
    }

    // Encrypted twice, queues and tables under the account's key too. Neither can be changed once the account exists.
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: deletedBlobsDays
      allowPermanentDelete: false
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: deletedBlobsDays
    }

    // What was overwritten can be had back as long as what was deleted; then the lifecycle's rules take it.
    isVersioningEnabled: true
    changeFeed: { enabled: false }
    restorePolicy: { enabled: false }

    // Only to write, and only with a signature that the app gave: blocks, then their list.
    cors: {
      corsRules: map(writingOrigins, origin => {
        allowedOrigins: [origin]
        allowedMethods: ['PUT']
        allowedHeaders: ['content-type', 'x-ms-*']
        exposedHeaders: ['x-ms-error-code']
        maxAgeInSeconds: 3600
      })
    }
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    cors: { corsRules: [] }
  }
}

resource storageQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queue in queues: {
    parent: queueService
    name: queue
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    cors: { corsRules: [] }
  }
}

resource storageTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [
  for table in tables: {
    parent: tableService
    name: table
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (!empty(lifecycleRules)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: map(lifecycleRules, rule => {
        name: rule.name
        enabled: true
        type: 'Lifecycle'
        definition: {
          filters: {
            blobTypes: ['blockBlob']
            ...(empty(rule.?container) ? {} : { prefixMatch: ['${rule.?container}/'] })
          }
          actions: rule.actions
        }
      })
    }
  }
  // Azure refuses a policy while the blob service's own settings are being written.
  dependsOn: [blobs]
}
