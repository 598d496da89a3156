using 'main.bicep'

// For trying: everything small, nothing runs where nothing is asked.
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param imageTag = readEnvironmentVariable('IMAGE_TAG', '')
param appReplicas = { min: 0, max: 2 }
param deletedBlobsDays = 1
param dailyLogGigabytes = 1
