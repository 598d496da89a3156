// Where the containers run: a Container Apps environment, with a workload profile for each hardware in use. Their logs go
// to the workspace without a key.

import { hardware, profiles } from '../types.bicep'

param location string

param name string

param workspaceName string

@description('Hardware beside the CPU.')
param gpus hardware[]

@description('Subnet to run in; empty for the platform\'s own network.')
param subnetId string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: name
  location: location
  properties: {
    // In a private network the apps answer in that network only.
    publicNetworkAccess: empty(subnetId) ? 'Enabled' : 'Disabled'
    vnetConfiguration: empty(subnetId)
      ? null
      : {
          infrastructureSubnetId: subnetId
          internal: true
        }
    zoneRedundant: false
    peerAuthentication: { mtls: { enabled: false } }
    peerTrafficConfiguration: { encryption: { enabled: true } }
    appLogsConfiguration: { destination: 'azure-monitor' }
    workloadProfiles: map(union(['Cpu'], gpus), one => { name: profiles[one].name, workloadProfileType: profiles[one].type })
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'logs'
  properties: {
    workspaceId: workspace.id
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

@description('Domain below which the apps answer.')
output defaultDomain string = environment.properties.defaultDomain
