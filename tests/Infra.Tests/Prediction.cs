using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IdcFunctions.Infra.Tests;

/// <summary>The resources that a deployment makes. What only Azure knows (an identity's id) stays an expression in brackets.</summary>
/// <param name="Resources">All of them, modules and loops resolved.</param>
public sealed partial record Prediction(IReadOnlyList<JsonNode> Resources)
{
    private const string Account = "Microsoft.Storage/storageAccounts";

    /// <summary>The account that slides are dropped into.</summary>
    public JsonNode SlidesAccount => Assert.Single(All(Account), account => !Name(account).EndsWith('h'));

    /// <summary>The Functions host's own account.</summary>
    public JsonNode HostAccount => Assert.Single(All(Account), account => Name(account).EndsWith('h'));

    /// <summary>All resources of a type, e.g. <c>Microsoft.App/jobs</c>.</summary>
    public IReadOnlyList<JsonNode> All(string type) => [.. Resources.Where(resource => (string?)resource["type"] == type)];

    /// <summary>The only resource of a type.</summary>
    public JsonNode One(string type) => Assert.Single(All(type));

    /// <summary>The only resource of a type and name.</summary>
    public JsonNode One(string type, string name) => Assert.Single(All(type), resource => Name(resource) == name);

    /// <summary>What of the slides' account, e.g. <c>blobServices/containers</c>.</summary>
    public IReadOnlyList<JsonNode> OfSlides(string type) => [.. All($"{Account}/{type}").Where(resource => Name(resource).StartsWith($"{Name(SlidesAccount)}/", StringComparison.Ordinal))];

    /// <summary>The last segments of the names of a type of the slides' account, in order of their letters.</summary>
    public IEnumerable<string> NamesOfSlides(string type) => OfSlides(type).Select(resource => Name(resource).Split('/')[^1]).Order(StringComparer.Ordinal);

    /// <summary>What an identity may do: the scope below the resource group's providers, and the role.</summary>
    public IEnumerable<(string Scope, string Role)> RolesOf(string principal) =>
        All("Microsoft.Authorization/roleAssignments")
            .Where(assignment => ((string)assignment["properties"]!["principalId"]!).Contains($"/{principal}'", StringComparison.Ordinal))
            .Select(assignment => (ScopeOf(assignment), ((string)assignment["properties"]!["roleDefinitionId"]!).Split('/')[^1]));

    /// <summary>A container's settings.</summary>
    public Dictionary<string, string> Settings(string type, string name) =>
        One(type, name)["properties"]!["template"]!["containers"]!.AsArray().Single()!["env"]!.AsArray().ToDictionary(setting => (string)setting!["name"]!, setting => (string)setting!["value"]!);

    private static string Name(JsonNode resource) => (string)resource["name"]!;

    /// <summary>An assignment's id holds its principal's, which only Azure knows: what stays is the expression, scope first.</summary>
    private static string ScopeOf(JsonNode assignment) =>
        ExtensionScope().Match((string)assignment["id"]!) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidDataException($"No scope in {assignment["id"]}");

    [GeneratedRegex(@"^\[extensionResourceId\('([^']+)', 'Microsoft\.Authorization/roleAssignments'")]
    private static partial Regex ExtensionScope();
}
