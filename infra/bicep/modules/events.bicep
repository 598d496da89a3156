// A slide uploaded or deleted → Event Grid → a message in the queue that triggers TileSlide.

param location string

param name string

param storageAccountName string

@description('Container whose blobs are announced.')
param container string

@description('Queue that gets the events.')
param queue string

@description('Container for events that could not be delivered.')
param deadLetterContainer string

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

// System-assigned: only such an identity passes the account's firewall, should it get one.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

module roles 'event-roles.bicep' = {
  params: {
    storageAccountName: storageAccountName
    queue: queue
    deadLetterContainer: deadLetterContainer
    principalId: topic.identity.principalId
  }
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: queue
  properties: {
    eventDeliverySchema: 'EventGridSchema'

    // By container, by kind of event and by the call that finished the blob; never by the name's ending: a file of the
    // wrong kind must get its reason. What a new call would write is found by the daily search for lost events.
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobDeleted']
      subjectBeginsWith: '/blobServices/default/containers/${container}/blobs/'
      isSubjectCaseSensitive: true
      enableAdvancedFilteringOnArrays: false
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose', 'SftpCommit', 'DeleteBlob', 'DeleteFile']
        }
      ]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: queue

          // For ever: an upload waits as long as the app is down.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: account.id
          blobContainerName: deadLetterContainer
        }
      }
    }

    // A day, Event Grid's longest; then the dead letters.
    retryPolicy: {
      eventTimeToLiveInMinutes: 1440
      maxDeliveryAttempts: 30
    }
  }
  dependsOn: [roles]
}
