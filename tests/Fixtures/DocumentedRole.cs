using System.Text.RegularExpressions;

namespace IdcFunctions.Fixtures;

/// <summary>A role of the table in docs/security.md, which the template gives (RoleTests).</summary>
/// <param name="Principal">The identity, e.g. <c>idc-app</c>.</param>
/// <param name="Kind"><c>container</c>, <c>queue</c>, <c>table</c>, <c>account</c> or <c>service</c>.</param>
/// <param name="Name">Which of that kind.</param>
/// <param name="Role">The role's name in Azure.</param>
public sealed partial record DocumentedRole(string Principal, string Kind, string Name, string Role)
{
    /// <summary>All of the table's, one for each container, queue, table, account or service.</summary>
    public static async Task<List<DocumentedRole>> AllAsync(CancellationToken cancellationToken)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md"), cancellationToken);
        var roles = Row().Matches(text)
            .SelectMany(row => Quoted().Matches(row.Groups[3].Value), (row, name) => new DocumentedRole(row.Groups[1].Value, row.Groups[2].Value, name.Groups[1].Value, row.Groups[4].Value))
            .ToList();
        return roles.Count > 0 ? roles : throw new InvalidDataException("docs/security.md has no table of roles.");
    }

    /// <summary>Rows of the form <c>| `idc-app` | container | `a`, `b` | Role |</c>.</summary>
    [GeneratedRegex(@"^\| `(idc-\w+)` \| (\w+) \| ([^|]+) \| ([\w ]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
