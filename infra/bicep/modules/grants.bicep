// What one identity may do with the slides' storage: data, by container, queue and table; never the account or its keys.
// The names of the assignments hold the principal: an identity made anew gets new ones, since Azure lets none be changed.

import { grant } from '../types.bicep'

param storageAccountName string

@description('Object id of the identity.')
param principalId string

param containers grant[]

param queues grant[]

param tables grant[]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }

  resource queueService 'queueServices' existing = {
    name: 'default'
  }

  resource tableService 'tableServices' existing = {
    name: 'default'
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [
  for grant in containers: {
    parent: account::blobs
    name: grant.on
  }
]

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' existing = [
  for grant in queues: {
    parent: account::queueService
    name: grant.on
  }
]

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' existing = [
  for grant in tables: {
    parent: account::tableService
    name: grant.on
  }
]

resource onContainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in containers: {
    scope: container[index]
    name: guid(container[index].id, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource onQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in queues: {
    scope: queue[index]
    name: guid(queue[index].id, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]

resource onTable 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (grant, index) in tables: {
    scope: table[index]
    name: guid(table[index].id, principalId, grant.role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    }
  }
]
