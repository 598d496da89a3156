using 'main.bicep'

// For daily work: three data centres, one replica that never goes, a GPU for training when there is a training.
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param imageTag = readEnvironmentVariable('IMAGE_TAG', '')
param storageSku = 'Standard_ZRS'
param registrySku = 'Standard'
param appReplicas = { min: 1, max: 20 }
param trainingOn = 'GpuT4'
param deletedBlobsDays = 14
param slidesCoolAfterDays = 90
param logDays = 90
