// Private endpoints of the storage accounts: a blob, a queue and a table endpoint each.

param location string

param networkName string

param storageAccountNames string[]

var services = ['blob', 'queue', 'table']
var endpoints = flatten(map(storageAccountNames, account => map(services, service => { account: account, service: service })))

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: networkName

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' existing = [
  for service in services: {
    name: 'privatelink.${service}.${environment().suffixes.storage}'
  }
]

resource accounts 'Microsoft.Storage/storageAccounts@2024-01-01' existing = [
  for account in storageAccountNames: {
    name: account
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: '${endpoint.account}-${endpoint.service}'
    location: location
    properties: {
      subnet: { id: network::endpoints.id }
      privateLinkServiceConnections: [
        {
          name: endpoint.service
          properties: {
            privateLinkServiceId: accounts[indexOf(storageAccountNames, endpoint.account)].id
            groupIds: [endpoint.service]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, index) in endpoints: {
    parent: privateEndpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.service
          properties: { privateDnsZoneId: zones[indexOf(services, endpoint.service)].id }
        }
      ]
    }
  }
]
