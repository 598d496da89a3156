// What somebody must be told. Each alert has a heading of its name in docs/operations.md, which says what it means and
// what to do. The metrics are those that the app makes (src/Functions/Telemetry).

param location string

@description('Starts each alert\'s name.')
param name string

@description('Addresses that are written to; none: alerts only show in the portal.')
param emails string[]

param workspaceName string

param topicName string

@description('The app that must always have a replica; null where it may scale to zero, and its silence means nothing.')
param watchedApp string?

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

var metricAlerts = [
  {
    name: 'messages-in-poison-queue'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "idc.queue.poisoned" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
  }
  {
    name: 'queue-not-read'
    severity: 1
    minutes: 30
    query: 'AppMetrics | where Name == "idc.queue.age" and Max > 1800 | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
  }
  {
    name: 'runs-fail'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "idc.runs.failed" | summarize Value = sum(Sum) by bin(TimeGenerated, 5m)'
  }
  {
    name: 'scoring-without-its-gpu'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "idc.scoring.fallback" | summarize Value = max(Max) by bin(TimeGenerated, 5m)'
  }
]
var logAlerts = concat(
  metricAlerts,
  [
    {
      name: 'training-failed'
      severity: 2
      minutes: 15
      query: 'ContainerAppSystemLogs | where JobName == "${name}-training" and Reason in ("BackoffLimitExceeded", "DeadlineExceeded") | summarize Value = count() by bin(TimeGenerated, 5m)'
    }
    {
      name: 'handler-restarts'
      severity: 2
      minutes: 30
      query: 'ContainerAppSystemLogs | where ContainerAppName startswith "${name}-" and Reason in ("ContainerTerminated", "ReplicaUnhealthy") | summarize Value = count() by bin(TimeGenerated, 5m)'
    }
  ],
  watchedApp == null
    ? []
    : [
        {
          name: 'app-silent'
          severity: 1
          minutes: 30
          query: 'print Value = toscalar(AppMetrics | where TimeGenerated > ago(30m) and Name == "idc.queue.length" | count) | extend TimeGenerated = now(), Value = iff(Value == 0, 1, 0) | summarize Value = max(Value) by bin(TimeGenerated, 5m)'
        }
      ]
)

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: '${name}-alerts'
  location: 'global'
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: map(emails, email => {
      name: email
      emailAddress: email
      useCommonAlertSchema: true
    })
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-events-not-delivered'
  location: 'global'
  properties: {
    description: 'docs/operations.md#events-not-delivered'
    enabled: true
    severity: 1
    autoMitigate: true
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: empty(emails) ? [] : [{ actionGroupId: group.id }]
  }
}

resource onLogs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${name}-${alert.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: '${name}-${alert.name}'
      description: 'docs/operations.md#${alert.name}'
      enabled: true
      severity: alert.severity
      autoMitigate: true
      scopes: [workspace.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT${alert.minutes}M'

      // The tables are there from the first line on; the alert is there before.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            metricMeasureColumn: 'Value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: empty(emails) ? [] : [group.id] }
    }
  }
]
