using 'main.bicep'

// What `azd up` takes: values of its environment (`azd env set NAME VALUE`). All other parameters have their defaults.
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param entraClientId = readEnvironmentVariable('ENTRA_CLIENT_ID', '00000000-0000-0000-0000-000000000000')
param scoringOn = readEnvironmentVariable('SCORING_ON', 'Cpu')
param trainingOn = readEnvironmentVariable('TRAINING_ON', 'Cpu')

// A tag has the images of the hardware that was asked for when it was built (infra/images.sh). For other hardware programs
// stay as they are until its images are there.
param imageTag = readEnvironmentVariable('IMAGES_FOR', '') == '${scoringOn}-${trainingOn}' ? readEnvironmentVariable('IMAGE_TAG', '') : ''
