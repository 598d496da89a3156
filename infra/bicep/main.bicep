// From a dropped slide to a queried result, in one resource group: storage, the events that turn an uploaded slide into a
// queue message, the function apps and the training job as containers, sign-in, monitoring.
// Names of containers, queues and tables are those of src/Slides/Storage; tests/Infra.Tests compares both.
// Every security setting is stated, also where it is Azure's default today: defaults differ between tools and years.
//
// Deployed twice the first time: without imageTag everything but the programs, then, when the images are in the registry
// that this made, with it. docs/deploy.md goes through it; `azd up` does it by itself.

targetScope = 'resourceGroup'

import { appGrants, containers, queues, scoringGrants, tables, trainingGrants, trainingQueue } from 'layout.bicep'
import { hardware, profiles, replicas, roleIds } from 'types.bicep'

@description('Region of all resources. Default: the resource group\'s.')
param location string = resourceGroup().location

@description('Starts each resource\'s name. 3 to 10 lower-case letters and digits, a letter first: it is part of the storage accounts\' names.')
@minLength(3)
@maxLength(10)
param name string = 'idc'

@description('Tag of the images in the registry; empty as long as there are none: then no program is deployed.')
param imageTag string = ''

@description('Application (client) id of the Entra registration that users sign in to. Making it is a step of its own: docs/deploy.md.')
@minLength(36)
@maxLength(36)
param entraClientId string

@description('Copies of the data: in one data centre, or in three of the region. None leaves the region, since slides are patients\' data.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_LRS'

@description('Size of the registry.')
@allowed(['Basic', 'Standard'])
param registrySku string = 'Basic'

@description('Days that packed patches are kept, from 1. They are only needed to score a slide again without tiling it again.')
@minValue(1)
param packedPatchesDays int = 30

@description('Days after which slides go to the cool tier, where a month costs half and reading costs; 0: they stay.')
@minValue(0)
param slidesCoolAfterDays int = 0

@description('Days that a deleted or overwritten blob can be restored, 1 to 365. A slide that was purged is really gone only after up to twice as many: its version is deleted so many days after it was made, and what is deleted is kept as long.')
@minValue(1)
@maxValue(365)
param deletedBlobsDays int = 7

@description('What scores patches. With Cpu the app does it itself; from which volume on a GPU is cheaper: docs/cost.md.')
param scoringOn hardware = 'Cpu'

@description('Number format of the graph that new runs are scored with. Fp16 is for GPUs, Int8 for CPUs; a model needs it as a variant. Default: Fp16 on a GPU, Fp32 on the CPU.')
@allowed(['Fp32', 'Fp16', 'Int8'])
param scoringPrecision string = scoringOn == 'Cpu' ? 'Fp32' : 'Fp16'

@description('Where scoringOn is a GPU: true: the scoring app does not start without it, and batches wait; false: it scores on its CPU, ten times slower and at the GPU\'s price.')
param requireGpu bool = true

@description('What trains.')
param trainingOn hardware = 'Cpu'

@description('Bounds of the app that tiles and answers HTTP. In prod at least one: timers of an app without replicas do not fire.')
param appReplicas replicas = { min: 1, max: 10 }

@description('Bounds of the scoring app, where scoringOn is a GPU.')
param scoringReplicas replicas = { min: 0, max: 4 }

@description('Hours after which a training fails, all its starts together, 1 to 168; a single start is ended after as many.')
@minValue(1)
@maxValue(168)
param trainingHours int = 24

@description('Trainings at a time.')
@minValue(1)
@maxValue(10)
param trainingsAtATime int = 1

@description('Address ranges (CIDR) that may call the app. None: all may, and sign in.')
param allowedAddresses string[] = []

@description('True: programs in a virtual network, storage behind private endpoints, an app that answers in that network only. Users and their uploads then need a way into it.')
param privateNetwork bool = false

@description('Addresses of the virtual network, /21 or larger.')
param networkAddressPrefix string = '10.20.0.0/21'

@description('Days that logs are kept, 30 to 730. They name no slide.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Most gigabytes of logs a day; -1 for no bound.')
@minValue(-1)
param dailyLogGigabytes int = 5

@description('Addresses to which alerts are mailed.')
param alertEmails string[] = []

@description('Prices from which costs are estimated: a run\'s by an hour of the replica that scores and 10,000 storage operations, a training\'s by an hour of what trains. Zeros: no estimate.')
param prices { scorerPerHour: string, tenThousandOperations: string, currency: string, trainerPerHour: string? } = { scorerPerHour: '0', tenThousandOperations: '0', currency: 'USD' }

// Names that the modules share are made here, not taken from a module's outputs: so what-if sees through all of them.
var uniqueName = '${name}${uniqueString(resourceGroup().id)}'
var hostStorageName = '${uniqueName}h'
var applicationInsightsName = '${name}-insights'
var workspaceName = '${name}-logs'
var environmentName = '${name}-environment'
var appName = '${name}-app'
var scoringName = '${name}-scoring'
var trainingName = '${name}-training'
var topicName = '${name}-slides'

var isDeployed = !empty(imageTag)
var scoresApart = scoringOn != 'Cpu'

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    workspaceName: workspaceName
    applicationInsightsName: applicationInsightsName
    logDays: logDays
    dailyGigabytes: dailyLogGigabytes
  }
}

module registry 'modules/registry.bicep' = {
  params: {
    location: location
    name: uniqueName
    sku: registrySku
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  params: {
    location: location
    name: '${name}-network'
    addressPrefix: networkAddressPrefix
  }
}

module environment 'modules/environment.bicep' = {
  params: {
    location: location
    name: environmentName
    workspaceName: workspaceName
    gpus: filter([scoringOn, trainingOn], one => one != 'Cpu')
    subnetId: privateNetwork ? network!.outputs.programsSubnetId : ''
  }
  dependsOn: [monitoring]
}

module hostStorage 'modules/storage.bicep' = {
  params: {
    location: location
    name: hostStorageName
    sku: storageSku
    containers: []
    queues: []
    tables: []
    lifecycleRules: []
    deletedBlobsDays: deletedBlobsDays
    writingOrigins: []
    isPrivate: privateNetwork
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    location: location
    name: uniqueName
    sku: storageSku
    containers: containers
    queues: queues
    tables: tables
    lifecycleRules: concat(
      [
        {
          name: 'delete-old-patches'
          container: 'patches'
          actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: packedPatchesDays } } }
        }
        {
          name: 'delete-old-versions'
          container: null
          actions: { version: { delete: { daysAfterCreationGreaterThan: deletedBlobsDays } } }
        }
      ],
      slidesCoolAfterDays == 0
        ? []
        : [
            {
              name: 'cool-old-slides'
              container: 'slides'
              actions: { baseBlob: { tierToCool: { daysAfterCreationGreaterThan: slidesCoolAfterDays } } }
            }
          ]
    )
    deletedBlobsDays: deletedBlobsDays
    writingOrigins: ['https://${appName}.${environment.outputs.defaultDomain}']
    isPrivate: privateNetwork
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  params: {
    location: location
    networkName: '${name}-network'
    storageAccountNames: [uniqueName, hostStorageName]
  }
  dependsOn: [network, hostStorage, storage]
}

module events 'modules/events.bicep' = {
  params: {
    location: location
    name: topicName
    storageAccountName: uniqueName
    container: 'slides'
    queue: 'slide-uploads'
    deadLetterContainer: 'event-dead-letters'
  }
  dependsOn: [storage]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    name: name
    emails: alertEmails
    workspaceName: workspaceName
    topicName: topicName
    watchedApp: appReplicas.min > 0 ? appName : null
  }
  dependsOn: [monitoring, events]
}

module appIdentity 'modules/identity.bicep' = {
  params: {
    location: location
    name: appName
    hostStorageName: hostStorageName
    slidesStorageName: uniqueName
    registryName: uniqueName
    applicationInsightsName: applicationInsightsName

    // Upload and export addresses are signed with a key that the identity asks the account for.
    slidesAccountRoles: [roleIds.storageBlobDelegator]
    grants: appGrants
  }
  dependsOn: [registry, monitoring, hostStorage, storage]
}

module scoringIdentity 'modules/identity.bicep' = if (scoresApart) {
  params: {
    location: location
    name: scoringName
    hostStorageName: hostStorageName
    slidesStorageName: uniqueName
    registryName: uniqueName
    applicationInsightsName: applicationInsightsName
    slidesAccountRoles: []
    grants: scoringGrants
  }
  dependsOn: [registry, monitoring, hostStorage, storage]
}

module trainingIdentity 'modules/identity.bicep' = {
  params: {
    location: location
    name: trainingName
    hostStorageName: null
    slidesStorageName: uniqueName
    registryName: uniqueName
    applicationInsightsName: null
    slidesAccountRoles: []
    grants: trainingGrants
  }
  dependsOn: [registry, storage]
}

// The host reads its storage when it starts, and pulls its image before: without its roles it would start in vain.
// Where a GPU scores, the app's image has no folder for ScoreBatch, and the scoring app's has no other.
module app 'modules/function-app.bicep' = if (isDeployed) {
  params: {
    location: location
    name: appName
    environmentName: environmentName
    image: '${scoresApart ? 'tiling' : 'app'}:${imageTag}'
    registryServer: registry.outputs.loginServer
    identityId: appIdentity.outputs.id
    identityClientId: appIdentity.outputs.clientId
    runsOn: 'Cpu'
    bounds: appReplicas
    allowedAddresses: allowedAddresses
    hostStorageName: hostStorageName
    slidesStorageName: uniqueName
    applicationInsightsName: applicationInsightsName
    settings: [
      // The app that decides a run names its graph; where another app scores, both have to mean the same one.
      { name: 'Scoring__Precision', value: scoringPrecision }
      { name: 'Scoring__ScoredElsewhere', value: scoresApart ? 'true' : 'false' }
      { name: 'Prices__ScorerPerHour', value: prices.scorerPerHour }
      { name: 'Prices__TenThousandOperations', value: prices.tenThousandOperations }
      { name: 'Prices__Currency', value: prices.currency }
    ]
  }
  dependsOn: [endpoints, environment]
}

module signIn 'modules/sign-in.bicep' = if (isDeployed) {
  params: {
    appName: appName
    clientId: entraClientId
  }
  dependsOn: [app]
}

module scoring 'modules/function-app.bicep' = if (isDeployed && scoresApart) {
  params: {
    location: location
    name: scoringName
    environmentName: environmentName
    image: 'scoring:${imageTag}'
    registryServer: registry.outputs.loginServer
    identityId: scoringIdentity!.outputs.id
    identityClientId: scoringIdentity!.outputs.clientId
    runsOn: scoringOn
    bounds: scoringReplicas
    allowedAddresses: null
    hostStorageName: hostStorageName
    slidesStorageName: uniqueName
    applicationInsightsName: applicationInsightsName
    settings: [
      { name: 'Scoring__Provider', value: profiles[scoringOn].provider }
      { name: 'Scoring__Precision', value: scoringPrecision }
      { name: 'Scoring__RequireGpu', value: requireGpu ? 'true' : 'false' }
      { name: 'AzureFunctionsJobHost__extensions__queues__batchSize', value: '16' }
      { name: 'AzureFunctionsJobHost__extensions__queues__newBatchThreshold', value: '8' }
    ]
  }
  dependsOn: [endpoints, environment]
}

module training 'modules/training.bicep' = if (isDeployed) {
  params: {
    location: location
    name: trainingName
    environmentName: environmentName
    image: '${trainingOn == 'Cpu' ? 'training-cpu' : 'training-gpu'}:${imageTag}'
    registryServer: registry.outputs.loginServer
    identityId: trainingIdentity.outputs.id
    identityClientId: trainingIdentity.outputs.clientId
    runsOn: trainingOn
    hours: trainingHours
    atATime: trainingsAtATime
    hourPrice: prices.?trainerPerHour ?? '0'
    slidesStorageName: uniqueName
    queue: trainingQueue
  }
  dependsOn: [endpoints, environment]
}

@description('Registry that images are pushed to.')
output registryName string = uniqueName

@description('Storage account to drop slides into, container slides.')
output storageAccountName string = uniqueName

@description('Where page and API answer; empty until imageTag is given.')
output appUrl string = isDeployed ? 'https://${app!.outputs.hostName}/' : ''

@description('Where users are sent back to after they signed in: the redirect address of the Entra registration.')
output signInRedirect string = 'https://${appName}.${environment.outputs.defaultDomain}/.auth/login/aad/callback'

@description('Object id of the app\'s identity: the subject of the registration\'s federated credential.')
output appIdentityPrincipalId string = appIdentity.outputs.principalId
