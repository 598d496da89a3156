// The names of containers, queues and tables, and which program works on which.

import { roleIds } from 'types.bicep'

@export()
var containers = ['slides', 'patches', 'results', 'models', 'masks', 'corrections', 'datasets', 'training-runs', 'poison', 'event-dead-letters', 'keys']

@export()
var tables = ['Slides', 'SlidesNewest', 'Runs', 'OpenRuns', 'Batches', 'Patches', 'Failures']

@export()
var trainingQueue = 'training-runs'

// Each queue that triggers a function, and the poison queue that the Functions host would otherwise make when it needs it.
var triggeringQueues = ['slide-uploads', 'patch-batches', 'finished-runs']

@export()
var queues = concat(triggeringQueues, map(triggeringQueues, queue => '${queue}-poison'), [trainingQueue])

// What each program works on, and no more. docs/security.md shows it as a table, which the tests compare with this.
@export()
var appGrants = {
  containers: map(filter(containers, container => container != 'event-dead-letters'), container => { on: container, role: roleIds.storageBlobDataContributor })
  queues: concat(
    map(filter(queues, queue => queue != trainingQueue), queue => { on: queue, role: roleIds.storageQueueDataContributor }),
    [
      { on: trainingQueue, role: roleIds.storageQueueDataMessageSender }
      { on: trainingQueue, role: roleIds.storageQueueDataReader }
    ]
  )
  tables: map(tables, table => { on: table, role: roleIds.storageTableDataContributor })
}

@export()
var scoringGrants = {
  containers: [
    { on: 'patches', role: roleIds.storageBlobDataReader }
    { on: 'models', role: roleIds.storageBlobDataReader }
    { on: 'results', role: roleIds.storageBlobDataContributor }
    { on: 'poison', role: roleIds.storageBlobDataContributor }
    { on: 'keys', role: roleIds.storageBlobDataContributor }
  ]
  queues: [
    { on: 'patch-batches', role: roleIds.storageQueueDataContributor }
    { on: 'patch-batches-poison', role: roleIds.storageQueueDataContributor }
    { on: 'finished-runs', role: roleIds.storageQueueDataMessageSender }
    { on: 'slide-uploads', role: roleIds.storageQueueDataMessageSender }
  ]
  tables: map(['Slides', 'Runs', 'OpenRuns', 'Batches', 'Patches', 'Failures'], table => { on: table, role: roleIds.storageTableDataContributor })
}

@export()
var trainingGrants = {
  containers: map(['datasets', 'training-runs', 'models', 'poison'], container => { on: container, role: roleIds.storageBlobDataContributor })
  queues: [{ on: trainingQueue, role: roleIds.storageQueueDataContributor }]
  tables: []
}
