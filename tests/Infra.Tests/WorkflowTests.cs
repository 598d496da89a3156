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

    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".ci/run")]
    public void Every_script_is_checked(string by)
    {
        var check = Assert.Single(ScriptCheck().Matches(File.ReadAllText(Path.Combine(Repository.Root, by))));

        Assert.Equal(Sources("*.sh").Append(".ci/run").Order(StringComparer.Ordinal), Expand(check.Groups[1].Value));
    }

    [Fact]
    public void Every_Dockerfile_is_linted_by_an_image_of_one_digest()
    {
        var lint = Assert.Single(DockerfileLint().Matches(File.ReadAllText(Path.Combine(Folder, "ci.yml"))));

        Assert.Equal(Sources("*Dockerfile*"), Expand(lint.Groups[2].Value));
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, lint.Groups[1].Value));
        var ignored = lines.Index().Where(line => line.Item.StartsWith("  - ", StringComparison.Ordinal));
        Assert.All(ignored, line => Assert.StartsWith("  # ", lines[line.Index - 1], StringComparison.Ordinal));
    }

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

    /// <summary>The files of the repository of a name, as paths below its root; not those that packages bring.</summary>
    private static IEnumerable<string> Sources(string name) => new[] { ".ci", ".github", "bench", "docs", "infra", "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), name, SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
        .Order(StringComparer.Ordinal);

    /// <summary>The files that a shell makes of patterns; a star stands in a file's name only.</summary>
    private static IEnumerable<string> Expand(string patterns) => patterns.Split(' ')
        .SelectMany(pattern => Directory.EnumerateFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(pattern)!), Path.GetFileName(pattern)))
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Order(StringComparer.Ordinal);

    [GeneratedRegex(@"uses: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"secrets\.(\w+)")]
    private static partial Regex Secret();

    [GeneratedRegex(@"^(?:      - run:)? +shellcheck ([\w./* -]+?)(?: \|\| failed=1)?$", RegexOptions.Multiline)]
    private static partial Regex ScriptCheck();

    [GeneratedRegex(@" hadolint/hadolint:v\d+\.\d+\.\d+@sha256:[0-9a-f]{64} hadolint --config (\S+) ([\w./* -]+)$", RegexOptions.Multiline)]
    private static partial Regex DockerfileLint();
}
