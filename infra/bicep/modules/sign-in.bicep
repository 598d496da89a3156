// Entra sign-in by the platform, in front of the app. Who has signed in is told to the app in a header that no caller can
// set; roles are the app's business.

param appName string

@description('Application (client) id of the Entra registration.')
param clientId string

resource app 'Microsoft.App/containerApps@2025-07-01' existing = {
  name: appName
}

resource signIn 'Microsoft.App/containerApps/authConfigs@2025-07-01' = {
  parent: app
  name: 'current'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: ['/health/live', '/health/ready']
    }
    httpSettings: {
      requireHttps: true
      forwardProxy: { convention: 'NoProxy' }
      routes: { apiPrefix: '/.auth' }
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          clientSecretSettingName: 'override-use-mi-fic-assertion-client-id'
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [clientId, 'api://${clientId}']
        }
      }
      apple: { enabled: false }
      azureStaticWebApps: { enabled: false }
      facebook: { enabled: false }
      gitHub: { enabled: false }
      google: { enabled: false }
      twitter: { enabled: false }
    }
    login: {
      // No token of a user is kept anywhere.
      tokenStore: { enabled: false }
      preserveUrlFragmentsForLogins: true
      allowedExternalRedirectUrls: []
      cookieExpiration: {
        convention: 'FixedTime'
        timeToExpiration: '08:00:00'
      }
      nonce: {
        validateNonce: true
        nonceExpirationInterval: '00:05:00'
      }
    }
  }
}
