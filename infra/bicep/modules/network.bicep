// The optional private network: the programs in one subnet, private endpoints in another, and the zones in which names of
// storage lead to those.

param location string

param name string

@description('Addresses of the network, /21 or larger; the first half is for the programs, the first /24 of the second for the endpoints.')
param addressPrefix string

var services = ['blob', 'queue', 'table']

resource programsRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '${name}-programs'
  location: location
  properties: { securityRules: [] }
}

resource endpointsRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '${name}-endpoints'
  location: location
  properties: {
    securityRules: [
      {
        name: 'https-from-the-network'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '443'
        }
      }
      {
        name: 'nothing-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'programs'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 22, 0)
          networkSecurityGroup: { id: programsRules.id }
          delegations: [
            {
              name: 'containerApps'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 4)
          networkSecurityGroup: { id: endpointsRules.id }
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource programs 'subnets' existing = {
    name: 'programs'
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: {
    name: 'privatelink.${service}.${environment().suffixes.storage}'
    location: 'global'
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, index) in services: {
    parent: zones[index]
    name: name
    location: 'global'
    properties: {
      virtualNetwork: { id: network.id }
      registrationEnabled: false
    }
  }
]

@description('Subnet that the programs run in.')
output programsSubnetId string = network::programs.id
