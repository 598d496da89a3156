using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

public sealed partial class RoleTests(Deployment deployment)
{
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string QueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string QueueDataMessageSender = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    [Fact]
    public void The_app_may_read_and_write_data_and_send_telemetry_and_no_more()
    {
        var account = (string)deployment.One("Microsoft.Storage/storageAccounts")["id"]!;
        var insights = (string)deployment.One("Microsoft.Insights/components")["id"]!;
        var identity = (string)deployment.One("Microsoft.ManagedIdentity/userAssignedIdentities")["id"]!;

        Assert.Equivalent(
            new[] { (account, BlobDataContributor), (account, QueueDataContributor), (account, TableDataContributor), (insights, MonitoringMetricsPublisher) },
            RolesOf(identity),
            strict: true);
    }

    [Fact]
    public void The_event_topic_may_send_to_one_queue_and_keep_dead_letters_and_no_more()
    {
        var account = (string)deployment.One("Microsoft.Storage/storageAccounts")["id"]!;
        var topic = (string)deployment.One("Microsoft.EventGrid/systemTopics")["id"]!;

        Assert.Equivalent(
            new[]
            {
                ($"{account}/queueServices/default/queues/{Queues.SlideUploads}", QueueDataMessageSender),
                ($"{account}/blobServices/default/containers/{Containers.EventDeadLetters}", BlobDataContributor),
            },
            RolesOf(topic),
            strict: true);
    }

    [Fact]
    public void Nobody_else_has_a_role() =>
        Assert.Equal(6, deployment.All("Microsoft.Authorization/roleAssignments").Count);

    private IEnumerable<(string Scope, string Role)> RolesOf(string principal) =>
        deployment.All("Microsoft.Authorization/roleAssignments")
            .Where(assignment => ((string)assignment["properties"]!["principalId"]!).StartsWith($"[reference('{principal}'", StringComparison.Ordinal))
            .Select(assignment => (ScopeOf(assignment), ((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1]));

    /// <summary>An assignment's id holds its principal's, which only Azure knows: what stays is the expression, scope first.</summary>
    private static string ScopeOf(JsonNode assignment) =>
        ExtensionScope().Match((string)assignment["id"]!) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidDataException($"No scope in {assignment["id"]}");

    [GeneratedRegex(@"^\[extensionResourceId\('([^']+)', 'Microsoft\.Authorization/roleAssignments'")]
    private static partial Regex ExtensionScope();
}
