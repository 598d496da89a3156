using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

public sealed partial class MonitoringTests(Deployment deployment)
{
    private const string OnLogs = "Microsoft.Insights/scheduledQueryRules";
    private const string OnMetrics = "Microsoft.Insights/metricAlerts";

    [Fact]
    public void Telemetry_is_taken_from_identities_only()
    {
        var component = deployment.Prod.One("Microsoft.Insights/components")["properties"]!;
        var workspace = deployment.Prod.One("Microsoft.OperationalInsights/workspaces");

        Assert.Equal((string?)workspace["id"], (string?)component["WorkspaceResourceId"]);
        Assert.True((bool)component["DisableLocalAuth"]!);
        Assert.True((bool)workspace["properties"]!["features"]!["disableLocalAuth"]!);
    }

    [Fact]
    public void The_host_sends_nothing_since_it_would_send_the_addresses_of_requests()
    {
        var settings = deployment.Prod.Settings("Microsoft.App/containerApps", "idc-app");

        Assert.DoesNotContain(settings.Keys, setting => setting.StartsWith("APPLICATIONINSIGHTS_", StringComparison.Ordinal));
        Assert.Matches(@"^\[reference\('[^']+/components/idc-insights', '[0-9-]+'\)\.ConnectionString\]$", settings["Telemetry__ConnectionString"]);
    }

    [Fact]
    public async Task Alerts_and_workbook_read_the_metrics_that_the_app_makes_and_none_is_made_for_nobody()
    {
        async Task<SortedSet<string>> NamesAsync(params string[] path) =>
            [.. Metric().Matches(await File.ReadAllTextAsync(Path.Combine([Repository.Root, .. path]), TestContext.Current.CancellationToken)).Select(name => name.Value)];

        var read = await NamesAsync("infra", "bicep", "modules", "alerts.bicep");
        read.UnionWith(await NamesAsync("infra", "bicep", "workbook.json"));

        Assert.Equal(await NamesAsync("src", "Functions", "Telemetry", "SlideMetrics.cs"), read);
    }

    [Fact]
    public async Task Alerts_and_workbook_ask_for_no_property_that_neither_metric_nor_log_has()
    {
        var queries = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "bicep", "modules", "alerts.bicep"), TestContext.Current.CancellationToken)
            + await File.ReadAllTextAsync(Path.Combine(Repository.Root, "infra", "bicep", "workbook.json"), TestContext.Current.CancellationToken);
        var tags = Tag().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Functions", "Telemetry", "SlideMetrics.cs"), TestContext.Current.CancellationToken)).Select(tag => tag.Groups[1].Value);
        var log = Completed().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Functions", "CompleteSlide", "CompleteSlide.cs"), TestContext.Current.CancellationToken)).Value;
        var logged = Placeholder().Matches(log).Select(name => name.Groups[1].Value);
        var asked = Property().Matches(queries).Select(property => property.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(asked);
        Assert.Subset(tags.Concat(logged).ToHashSet(), asked);
        Assert.Contains("where Message startswith \\\"Completed\\\"", queries, StringComparison.Ordinal);
    }

    [Fact]
    public void The_containers_logs_go_to_the_workspace_without_a_key()
    {
        var logs = deployment.Prod.One("Microsoft.Insights/diagnosticSettings")["properties"]!;

        Assert.Equal("azure-monitor", (string?)deployment.Prod.One("Microsoft.App/managedEnvironments")["properties"]!["appLogsConfiguration"]!["destination"]);
        Assert.Equal((string?)deployment.Prod.One("Microsoft.OperationalInsights/workspaces")["id"], (string?)logs["workspaceId"]);
        Assert.Equal(["ContainerAppConsoleLogs", "ContainerAppSystemLogs"], logs["logs"]!.AsArray().Where(log => (bool)log!["enabled"]!).Select(log => (string?)log!["category"]));
    }

    [Fact]
    public void A_dead_letter_is_told()
    {
        var alert = deployment.Prod.One(OnMetrics)["properties"]!;
        var criterion = Assert.Single(alert["criteria"]!["allOf"]!.AsArray())!;

        Assert.Equal((string?)deployment.Prod.One("Microsoft.EventGrid/systemTopics")["id"], (string?)Assert.Single(alert["scopes"]!.AsArray()));
        Assert.Equal(("DeadLetteredCount", "GreaterThan", 0), ((string?)criterion["metricName"], (string?)criterion["operator"], (int)criterion["threshold"]!));
    }

    [Fact]
    public async Task Each_alert_has_its_heading_in_the_operations_guide_and_no_heading_lacks_its_alert()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), TestContext.Current.CancellationToken);
        var headings = Heading().Matches(text).Select(heading => heading.Groups[1].Value).Order(StringComparer.Ordinal);
        var alerts = deployment.Prod.All(OnLogs).Concat(deployment.Prod.All(OnMetrics));

        Assert.Equal(headings, alerts.Select(alert => ((string)alert["name"]!)["idc-".Length..]).Order(StringComparer.Ordinal));
        Assert.All(alerts, alert => Assert.Equal($"docs/operations.md#{((string)alert["name"]!)["idc-".Length..]}", (string?)alert["properties"]!["description"]));
    }

    [Fact]
    public void Where_the_app_may_scale_to_zero_its_silence_is_no_alert() =>
        Assert.Equal(["idc-app-silent"], deployment.Prod.All(OnLogs).Select(alert => (string)alert["name"]!).Except(deployment.Dev.All(OnLogs).Select(alert => (string)alert["name"]!)));

    [Fact]
    public void Alerts_are_mailed_where_addresses_are_given()
    {
        Assert.Empty(deployment.Prod.All("Microsoft.Insights/actionGroups"));

        var group = deployment.Everything.One("Microsoft.Insights/actionGroups");
        Assert.Equal("operators@example.org", (string?)Assert.Single(group["properties"]!["emailReceivers"]!.AsArray())!["emailAddress"]);
        Assert.All(deployment.Everything.All(OnLogs), alert => Assert.Equal((string?)group["id"], (string?)Assert.Single(alert["properties"]!["actions"]!["actionGroups"]!.AsArray())));
        Assert.All(deployment.Everything.All(OnMetrics), alert => Assert.Equal((string?)group["id"], (string?)Assert.Single(alert["properties"]!["actions"]!.AsArray())!["actionGroupId"]));
    }

    [GeneratedRegex(@"(?<="")idc\.[a-z.]+(?=\\?"")")]
    private static partial Regex Metric();

    [GeneratedRegex(@"KeyValuePair<string, object\?>\(""(\w+)""")]
    private static partial Regex Tag();

    [GeneratedRegex(@"Properties\.(\w+)")]
    private static partial Regex Property();

    [GeneratedRegex(@"""Completed \{Slide\}[^""]*""")]
    private static partial Regex Completed();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    /// <summary>The alerts' headings stand below "What an alert means".</summary>
    [GeneratedRegex(@"(?<=## What an alert means\n(?:(?!^## ).*\n)*)^### ([\w-]+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
