// What the event topic's identity may do: put messages into one queue, and blobs into one container.

import { roleIds } from '../types.bicep'

param storageAccountName string

@description('Queue that gets the events.')
param queue string

@description('Container for events that could not be delivered.')
param deadLetterContainer string

@description('Object id of the topic\'s identity.')
param principalId string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName

  resource queues 'queueServices' existing = {
    name: 'default'

    resource target 'queues' existing = {
      name: queue
    }
  }

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource deadLetters 'containers' existing = {
      name: deadLetterContainer
    }
  }
}

resource onQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::queues::target
  name: guid(account::queues::target.id, principalId, roleIds.storageQueueDataMessageSender)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageQueueDataMessageSender)
  }
}

// Dead letters are blobs, and no built-in role only creates them.
resource onDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::blobs::deadLetters
  name: guid(account::blobs::deadLetters.id, principalId, roleIds.storageBlobDataContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.storageBlobDataContributor)
  }
}
