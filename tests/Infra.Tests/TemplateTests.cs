using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

public sealed partial class TemplateTests
{
    [Theory]
    [InlineData("build")]
    [InlineData("lint")]
    public async Task The_template_has_no_error_and_no_warning(string command)
    {
        BicepProgram.Require();
        var compiled = Path.GetTempFileName();
        try
        {
            string[] arguments = command == "build" ? [command, Deployment.MainFile, "--outfile", compiled] : [command, Deployment.MainFile];

            Assert.Equal((0, ""), await BicepProgram.RunAsync(TestContext.Current.CancellationToken, arguments));
        }
        finally
        {
            File.Delete(compiled);
        }
    }

    [Fact]
    public async Task The_parameter_files_fit_the_template()
    {
        BicepProgram.Require();
        Assert.Equal(["dev.bicepparam", "main.bicepparam", "prod.bicepparam"], Deployment.ParameterFiles.Select(file => Path.GetFileName(file)));
        foreach (var file in Deployment.ParameterFiles)
        {
            Assert.Equal((0, ""), await BicepProgram.RunAsync(TestContext.Current.CancellationToken, "lint", file));
        }
    }

    [Fact]
    public async Task Every_parameter_and_output_is_described()
    {
        var text = await File.ReadAllTextAsync(Deployment.MainFile, TestContext.Current.CancellationToken);

        Assert.NotEmpty(Declarations().Matches(text));
        Assert.Empty(Declarations().Matches(text).Where(declaration => !declaration.Groups[1].Value.Contains("@description(", StringComparison.Ordinal)).Select(declaration => declaration.Value));
    }

    [Fact]
    public async Task Every_output_is_taken_by_the_next_step()
    {
        var outputs = Outputs().Matches(await File.ReadAllTextAsync(Deployment.MainFile, TestContext.Current.CancellationToken)).Select(output => output.Groups[1].Value);
        var steps = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "deploy.md"), TestContext.Current.CancellationToken);

        Assert.Equal(outputs.Order(StringComparer.Ordinal), Taken().Matches(steps).Select(taken => taken.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_rule_that_is_switched_off_has_its_reason_in_the_line_above()
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Deployment.MainFile)!, "*.bicep", SearchOption.AllDirectories))
        {
            var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].Contains("#disable", StringComparison.Ordinal))
                {
                    Assert.StartsWith("//", lines[i - 1].Trim(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task A_second_deployment_changes_nothing()
    {
        BicepProgram.Require();
        var parameters = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Deployment.MainFile)!, "prod.bicepparam"), TestContext.Current.CancellationToken);

        var first = await Deployment.PredictAsync(parameters, "first", TestContext.Current.CancellationToken);
        var second = await Deployment.PredictAsync(parameters, "second", TestContext.Current.CancellationToken);

        // In any order: Bicep tells resources as it comes to them.
        Assert.Equal(first.Resources.Select(resource => resource.ToJsonString()).Order(StringComparer.Ordinal), second.Resources.Select(resource => resource.ToJsonString()).Order(StringComparer.Ordinal));
        Assert.All(second.Resources, resource => Assert.DoesNotContain("deployment()", resource.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_images_all_but_the_programs_is_deployed()
    {
        BicepProgram.Require();

        var foundation = await Deployment.PredictAsync("using 'main.bicep'\nparam entraClientId = '00000000-0000-0000-0000-000000000002'", "first", TestContext.Current.CancellationToken);

        Assert.Empty(foundation.All("Microsoft.App/containerApps"));
        Assert.Empty(foundation.All("Microsoft.App/jobs"));
        Assert.Single(foundation.All("Microsoft.ContainerRegistry/registries"));
    }

    /// <summary>A parameter or output, with the decorators above it.</summary>
    [GeneratedRegex(@"((?:^@.*\n)*)^(?:param|output) .*$", RegexOptions.Multiline)]
    private static partial Regex Declarations();

    [GeneratedRegex(@"^output (\w+) ", RegexOptions.Multiline)]
    private static partial Regex Outputs();

    [GeneratedRegex(@"\$\(out (\w+)\)")]
    private static partial Regex Taken();
}
