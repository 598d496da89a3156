// From a dropped slide to a queried result, in one resource group: the storage account with everything the app reads
// and writes, the events that turn an uploaded slide into a queue message, and the function app.
// Names of containers, queues and tables are those of src/Slides/Storage; tests/Infra.Tests compares both.
// Every security setting is stated, also where it is Azure's default today: defaults differ between tools and years.

targetScope = 'resourceGroup'

@description('Region of all resources. Default: the resource group\'s.')
param location string = resourceGroup().location

@description('Starts each resource\'s name. 3 to 11 lower-case letters and digits, a letter first: it is part of the storage account\'s name.')
@minLength(3)
@maxLength(11)
param name string = 'idc'

@description('Copies of the data: in one data centre, or in three of the region. None leaves the region, since slides are patients\' data.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_LRS'

@description('Days that packed patches are kept, from 1. They are only needed to score a slide again without tiling it again.')
@minValue(1)
param packedPatchesDays int = 30

@description('Days that a deleted or overwritten blob can be restored, 1 to 365. A slide that was purged is really gone only after them.')
@minValue(1)
@maxValue(365)
param deletedBlobsDays int = 7

@description('Size of the function app\'s instances, Premium v3. P1v3: 2 cores, 8 GB.')
@allowed(['P0v3', 'P1v3', 'P2v3', 'P3v3'])
param planSku string = 'P1v3'

@description('Instances of the function app, 1 to 30. The queues spread work over them.')
@minValue(1)
@maxValue(30)
param planInstances int = 1

@description('Address ranges (CIDR) that may call the API. None by default: the HTTP functions ask for no key, and the API shows slides.')
param allowedAddresses string[] = []

@description('Days that logs are kept, 30 to 730. They name no slide.')
@minValue(30)
@maxValue(730)
param logDays int = 30

// What the events connect, and what expires.
var slidesContainer = 'slides'
var deadLetterContainer = 'event-dead-letters'
var patchesContainer = 'patches'
var uploadQueue = 'slide-uploads'

// Each queue that triggers a function, and the poison queue that the Functions host would otherwise make when it needs it.
var triggeringQueues = [uploadQueue, 'patch-batches', 'finished-runs']

// Names that the modules share are made here, not taken from a module's outputs: so what-if sees through all of them.
var uniqueName = '${name}${uniqueString(resourceGroup().id)}'
var applicationInsightsName = '${name}-insights'

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-app'
  location: location
}

module storage 'modules/storage.bicep' = {
  params: {
    location: location
    name: uniqueName
    sku: storageSku
    containers: [
      slidesContainer
      patchesContainer
      'results'
      'models'
      'masks'
      'corrections'
      'datasets'
      'training-runs'
      'poison'
      deadLetterContainer
      'keys'
    ]
    queues: concat(triggeringQueues, map(triggeringQueues, queue => '${queue}-poison'), ['training-runs'])
    tables: ['Slides', 'SlidesNewest', 'Runs', 'OpenRuns', 'Batches', 'Patches', 'Failures', 'TrainingRuns']
    expiringContainer: patchesContainer
    expiringDays: packedPatchesDays
    deletedBlobsDays: deletedBlobsDays
    pageOrigin: 'https://${uniqueName}.azurewebsites.net'
  }
}

module telemetry 'modules/telemetry.bicep' = {
  params: {
    location: location
    workspaceName: '${name}-logs'
    applicationInsightsName: applicationInsightsName
    logDays: logDays
  }
}

module appRoles 'modules/app-roles.bicep' = {
  params: {
    storageAccountName: uniqueName
    applicationInsightsName: applicationInsightsName
    principalId: appIdentity.properties.principalId
  }
  dependsOn: [storage, telemetry]
}

module functions 'modules/functions.bicep' = {
  params: {
    location: location
    name: uniqueName
    planName: '${name}-plan'
    planSku: planSku
    planInstances: planInstances
    allowedAddresses: allowedAddresses
    storageAccountName: uniqueName
    applicationInsightsName: applicationInsightsName
    identityName: appIdentity.name
  }
  // The host reads its storage when it starts: without its roles it would start in vain.
  dependsOn: [appRoles]
}

module events 'modules/events.bicep' = {
  params: {
    location: location
    name: '${name}-slides'
    storageAccountName: uniqueName
    container: slidesContainer
    queue: uploadQueue
    deadLetterContainer: deadLetterContainer
  }
  dependsOn: [storage]
}

@description('Storage account to drop slides into, container slides.')
output storageAccountName string = uniqueName

@description('Function app to deploy the published src/Functions to.')
output functionAppName string = uniqueName

@description('Host name of the API and the page.')
output functionAppHostName string = functions.outputs.hostName
