using System.Diagnostics;
using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

/// <summary>The workflows' files, read.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, ".github", "workflows");

    public static TheoryData<string> Workflows { get; } = [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_is_one_for_changes_one_for_images_and_one_for_releases() =>
        Assert.Equal(["ci.yml", "images.yml", "release.yml"], Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Every_action_is_a_commit_and_no_checkout_leaves_its_token(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        var actions = Uses().Matches(text).Select(use => use.Groups[1].Value).Where(use => !use.StartsWith("./", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", action));
        Assert.Equal(Regex.Count(text, "actions/checkout@"), Regex.Count(text, "persist-credentials: false"));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void A_job_may_read_the_code_and_what_it_may_beside_that_is_said_in_the_job(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));

        Assert.Contains("\npermissions:\n  contents: read\n\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("write-all", text, StringComparison.Ordinal);
        Assert.All(Secret().Matches(text), secret => Assert.Equal("GITHUB_TOKEN", secret.Groups[1].Value));
    }

    [Fact]
    public void No_command_is_made_of_what_a_stranger_writes() =>
        Assert.All(Workflows, file => Assert.DoesNotMatch(@"(?m)^\s+(-\s)?run:.*\$\{\{|\$\{\{ *github\.(event|head_ref)", File.ReadAllText(Path.Combine(Folder, file))));

    [Fact]
    public void A_release_has_its_bill_of_materials_and_checksums()
    {
        var release = File.ReadAllText(Path.Combine(Repository.Root, ".github", "release.sh"));

        Assert.Contains("CycloneDX", release, StringComparison.Ordinal);
        Assert.Contains("sha256sum -- *.tar.gz *.json > SHA256SUMS", release, StringComparison.Ordinal);
        Assert.Contains("--sbom=true --provenance=mode=max", File.ReadAllText(Path.Combine(Folder, "images.yml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_bill_of_materials_can_be_made()
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"])
        {
            WorkingDirectory = Path.Combine(Repository.Root, "src", "Page"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = npm.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var bill = await npm.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await npm.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(npm.ExitCode == 0, await errors);
        Assert.Contains("pkg:npm/openseadragon@", bill, StringComparison.Ordinal);
    }

    [Fact]
    public void An_audit_that_finds_nothing_first_finds_what_is_known()
    {
        var audit = File.ReadAllText(Path.Combine(Repository.Root, ".github", "audit.sh"));

        Assert.Contains("sh .github/audit.sh", File.ReadAllText(Path.Combine(Folder, "ci.yml")), StringComparison.Ordinal);
        Assert.True(audit.IndexOf("Newtonsoft.Json", StringComparison.Ordinal) < audit.IndexOf("IdcFunctions.sln", StringComparison.Ordinal));
        Assert.Contains("npm audit", audit, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"secrets\.(\w+)")]
    private static partial Regex Secret();
}
