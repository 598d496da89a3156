using 'main.bicep'

// What `azd up` takes: values of its environment (`azd env set NAME VALUE`). All other parameters have their defaults.
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param imageTag = readEnvironmentVariable('IMAGE_TAG', '')
param scoringOn = readEnvironmentVariable('SCORING_ON', 'Cpu')
param trainingOn = readEnvironmentVariable('TRAINING_ON', 'Cpu')
