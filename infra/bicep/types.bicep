// Types of parameters that more than one file takes.

@export()
@description('What a program computes on. T4 and A100 are serverless GPUs of Container Apps: they need quota in the region, and scale to zero.')
type hardware = 'Cpu' | 'GpuT4' | 'GpuA100'

@export()
@description('Bounds of the replicas of an app. The platform scales between them, by rules that it makes from the triggers.')
type replicas = {
  @minValue(0)
  @maxValue(100)
  min: int

  @minValue(1)
  @maxValue(300)
  max: int
}

@export()
@description('A role on one container, queue or table.')
type grant = {
  @description('The container\'s, queue\'s or table\'s name.')
  on: string

  @description('The role\'s id.')
  role: string
}

@export()
@description('What happens to blobs with time.')
type lifecycleRule = {
  name: string

  @description('The container; null for all of them.')
  container: string?

  @description('As Azure names them: baseBlob, version; of each what is done, after how many days.')
  actions: {
    baseBlob: {
      delete: { daysAfterCreationGreaterThan: int }?
      tierToCool: { daysAfterCreationGreaterThan: int }?
    }?
    version: {
      delete: { daysAfterCreationGreaterThan: int }
    }?
  }
}

@export()
@description('The workload profiles of Container Apps behind each hardware, and what one replica gets of it. The platform takes no other name for the type Consumption; the others may have any.')
var profiles = {
  Cpu: { name: 'Consumption', type: 'Consumption', cpu: '4.0', memory: '8Gi', provider: 'Cpu' }
  GpuT4: { name: 'GpuT4', type: 'Consumption-GPU-NC8as-T4', cpu: '8.0', memory: '56Gi', provider: 'Cuda' }
  GpuA100: { name: 'GpuA100', type: 'Consumption-GPU-NC24-A100', cpu: '24.0', memory: '220Gi', provider: 'Cuda' }
}

@export()
@description('Built-in roles by their ids, which are the same in every tenant.')
var roleIds = {
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  storageBlobDelegator: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  storageQueueDataReader: '19e7f393-937e-4f77-808e-94535e297925'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}
