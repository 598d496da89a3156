// The identity of one program, with its roles: on what it works on, to pull its image, to send telemetry.

import { grant, roleIds } from '../types.bicep'

param location string

param name string

@description('Storage account of the Functions host; null for a program that is none.')
param hostStorageName string?

param slidesStorageName string

param registryName string

@description('Where the program sends telemetry; null for one that only writes to its log.')
param applicationInsightsName string?

@description('Ids of roles on the slides\' whole account.')
param slidesAccountRoles string[]

param grants {
  containers: grant[]
  queues: grant[]
  tables: grant[]
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

// What the Functions host asks for: locks and timers in blobs, which it also owns, and its diagnostic events in a table.
module onHostStorage 'account-roles.bicep' = if (hostStorageName != null) {
  params: {
    storageAccountName: hostStorageName!
    principalId: identity.properties.principalId
    roles: [roleIds.storageBlobDataOwner, roleIds.storageTableDataContributor]
  }
}

module onSlidesStorage 'account-roles.bicep' = {
  params: {
    storageAccountName: slidesStorageName
    principalId: identity.properties.principalId
    roles: slidesAccountRoles
  }
}

module onSlides 'grants.bicep' = {
  params: {
    storageAccountName: slidesStorageName
    principalId: identity.properties.principalId
    containers: grants.containers
    queues: grants.queues
    tables: grants.tables
  }
}

module onServices 'service-roles.bicep' = {
  params: {
    registryName: registryName
    applicationInsightsName: applicationInsightsName
    principalId: identity.properties.principalId
  }
}

@description('The resource, by which a program is given the identity.')
output id string = identity.id

@description('The id under which the identity asks for tokens.')
output clientId string = identity.properties.clientId

@description('The object that has the roles.')
output principalId string = identity.properties.principalId
