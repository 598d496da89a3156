using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

/// <summary>Who may do what; the expected is the table in docs/security.md.</summary>
public sealed class RoleTests(Deployment deployment)
{
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Storage Blob Data Contributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["Storage Blob Data Reader"] = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        ["Storage Blob Delegator"] = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a",
        ["Storage Queue Data Contributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["Storage Queue Data Reader"] = "19e7f393-937e-4f77-808e-94535e297925",
        ["Storage Queue Data Message Sender"] = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["AcrPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    };

    [Theory]
    [InlineData("idc-app")]
    [InlineData("idc-scoring")]
    [InlineData("idc-training")]
    [InlineData("idc-slides")]
    public async Task Each_identity_has_the_roles_that_the_table_says_and_no_other(string principal)
    {
        var documented = (await DocumentedAsync()).Where(row => row.Principal == principal).Select(row => (row.Scope, row.Role));

        Assert.Equal(documented.Order(), deployment.Everything.RolesOf(principal).Order());
    }

    [Fact]
    public async Task Nobody_else_has_a_role() =>
        Assert.Equal((await DocumentedAsync()).Count, deployment.Everything.All("Microsoft.Authorization/roleAssignments").Count);

    [Fact]
    public async Task Without_a_scoring_app_there_is_no_identity_for_it() =>
        Assert.Equal((await DocumentedAsync()).Count(row => row.Principal != "idc-scoring"), deployment.Prod.All("Microsoft.Authorization/roleAssignments").Count);

    [Fact]
    public void Every_container_queue_and_table_is_somebodys_work()
    {
        var granted = deployment.Everything.All("Microsoft.Authorization/roleAssignments").Select(assignment => (string)assignment["id"]!).ToList();

        Assert.All(
            Containers.All.Select(name => $"/containers/{name}'").Concat(Queues.All.Select(name => $"/queues/{name}'")).Concat(Tables.All.Select(name => $"/tables/{name}'")),
            name => Assert.Contains(granted, id => id.Contains(name, StringComparison.Ordinal)));
    }

    private async Task<List<(string Principal, string Scope, string Role)>> DocumentedAsync() =>
        [.. (await DocumentedRole.AllAsync(TestContext.Current.CancellationToken)).Select(role => (role.Principal, Scope(role.Kind, role.Name), Roles[role.Role]))];

    private string Scope(string kind, string name)
    {
        var slides = (string)deployment.Everything.SlidesAccount["id"]!;
        return kind switch
        {
            "container" => $"{slides}/blobServices/default/containers/{name}",
            "queue" => $"{slides}/queueServices/default/queues/{name}",
            "table" => $"{slides}/tableServices/default/tables/{name}",
            "account" => name == "slides' account" ? slides : (string)deployment.Everything.HostAccount["id"]!,
            "service" => (string)deployment.Everything.One(name == "registry" ? "Microsoft.ContainerRegistry/registries" : "Microsoft.Insights/components")["id"]!,
            _ => throw new InvalidDataException($"docs/security.md: {kind} is no scope."),
        };
    }
}
