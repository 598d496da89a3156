// Training: a job that starts when a message waits in its queue, and costs nothing between. A function call may not take
// an hour; a job takes the time that it is given.

import { hardware, profiles } from '../types.bicep'

param location string

param name string

param environmentName string

@description('The image in the registry, with its tag.')
param image string

param registryServer string

@description('Resource id of the identity that the job works as and pulls with.')
param identityId string

param identityClientId string

param runsOn hardware

@description('Hours after which a start of a training is ended, and the training with it once all its starts have taken as many together.')
param hours int

@description('Trainings at a time.')
param atATime int

@description('Price of an hour of it, for the cost so far.')
param hourPrice string

param slidesStorageName string

@description('Queue whose messages start the job.')
param queue string

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' existing = {
  name: environmentName
}

resource slidesStorage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: slidesStorageName
}

resource job 'Microsoft.App/jobs@2025-07-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: profiles[runsOn].name
    configuration: {
      triggerType: 'Event'
      replicaTimeout: hours * 3600

      // A training that was killed goes on from its last checkpoint.
      replicaRetryLimit: 2
      registries: [{ server: registryServer, identity: identityId }]
      secrets: []
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: atATime
          pollingInterval: 30
          rules: [
            {
              name: queue
              type: 'azure-queue'
              identity: identityId
              metadata: {
                accountName: slidesStorageName
                queueName: queue
                queueLength: '1'
                cloud: 'AzurePublicCloud'
              }
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'training'
          image: '${registryServer}/${image}'
          // In place of all that the image would give: on a GPU also that it must not train without.
          args: ['job', '--device', profiles[runsOn].provider, '--hour-price', hourPrice, '--most-hours', string(hours)]
          resources: {
            cpu: json(profiles[runsOn].cpu)
            memory: profiles[runsOn].memory
          }
          env: [
            { name: 'Slides__blobServiceUri', value: slidesStorage.properties.primaryEndpoints.blob }
            { name: 'Slides__queueServiceUri', value: slidesStorage.properties.primaryEndpoints.queue }
            { name: 'Slides__tableServiceUri', value: slidesStorage.properties.primaryEndpoints.table }
            { name: 'Slides__credential', value: 'managedidentity' }
            { name: 'Slides__clientId', value: identityClientId }
          ]
        }
      ]
    }
  }
}
