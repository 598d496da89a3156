using 'main.bicep'

// Everything has a default. Who may call the API is the one choice that each deployment makes:
// param allowedAddresses = ['203.0.113.0/24']
