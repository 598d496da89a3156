// Logs, metrics and traces: Application Insights on a Log Analytics workspace. Both take data from identities only.

param location string

param workspaceName string

param applicationInsightsName string

@description('Days that logs are kept.')
param logDays int

@description('Most gigabytes of logs a day; -1 for no bound.')
param dailyGigabytes int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: workspaceName
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logDays
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'

    // The connection string alone lets nobody write: host and programs sign in.
    DisableLocalAuth: true
    DisableIpMasking: false
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, applicationInsightsName, 'workbook')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Slides'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: string(loadJsonContent('../workbook.json'))
    version: 'Notebook/1.0'
  }
}
