using System.Diagnostics;
using System.Text.Json.Nodes;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

/// <summary><c>azd up</c>: the parameters that it takes, and its hook, run with programs that only say how they were called.</summary>
public sealed class AzdTests : IDisposable
{
    private const string Tag = "0123456789ab";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("idc-azd-");

    private string Calls => Path.Combine(folder.FullName, "calls");

    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>With the tag of before, the template once asked for images that had never been built: the deployment failed, and the hook that builds them comes after it.</summary>
    [Theory]
    [InlineData("Cpu-Cpu", "Cpu", "Cpu", Tag)]
    [InlineData("GpuT4-GpuA100", "GpuT4", "GpuA100", Tag)]
    [InlineData("Cpu-Cpu", "GpuT4", "Cpu", "")]
    [InlineData("Cpu-Cpu", "Cpu", "GpuT4", "")]
    [InlineData("", "Cpu", "Cpu", "")]
    public async Task No_tag_is_asked_for_that_was_built_for_other_hardware(string builtFor, string scoringOn, string trainingOn, string asked)
    {
        BicepProgram.Require();
        var file = Path.Combine(Path.GetDirectoryName(Deployment.MainFile)!, "main.bicepparam");

        var (exitCode, output) = await BicepProgram.RunAsync(Environment(builtFor, scoringOn, trainingOn), TestContext.Current.CancellationToken, "build-params", file, "--stdout");

        Assert.True(exitCode == 0, output);
        var parameters = JsonNode.Parse((string)JsonNode.Parse(output)!["parametersJson"]!)!["parameters"]!;
        Assert.Equal((asked, scoringOn, trainingOn), ((string?)parameters["imageTag"]!["value"], (string?)parameters["scoringOn"]!["value"], (string?)parameters["trainingOn"]!["value"]));
    }

    [Fact]
    public async Task Images_are_built_for_other_hardware_though_the_commit_is_the_same()
    {
        await RunHookAsync(Environment("Cpu-Cpu", "GpuT4", "Cpu"));

        var calls = await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken);
        Assert.Equal(
            [$"tiling:{Tag}", $"scoring:{Tag}", $"training-cpu:{Tag}"],
            calls.Where(call => call.StartsWith("az acr build ", StringComparison.Ordinal)).Select(call => call.Split("--image ")[1].Split(' ')[0]));
        Assert.Equal([$"azd env set IMAGE_TAG {Tag}", "azd env set IMAGES_FOR GpuT4-Cpu", "azd provision --no-prompt"], calls[^3..]);
    }

    [Fact]
    public async Task Nothing_is_built_where_the_images_are_there()
    {
        await RunHookAsync(Environment("GpuT4-Cpu", "GpuT4", "Cpu"));

        Assert.DoesNotContain(await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken), call => call.StartsWith("az", StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Environment(string builtFor, string scoringOn, string trainingOn) =>
        new() { ["IMAGE_TAG"] = Tag, ["IMAGES_FOR"] = builtFor, ["SCORING_ON"] = scoringOn, ["TRAINING_ON"] = trainingOn };

    private async Task RunHookAsync(Dictionary<string, string> environment)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The hook is a shell script.");
        foreach (var (program, says) in new[] { ("az", ""), ("azd", "idcregistry"), ("git", Tag) })
        {
            var stub = Path.Combine(folder.FullName, program);
            await File.WriteAllTextAsync(stub, $"#!/bin/sh\necho \"{program} $*\" >> '{Calls}'\necho {says}\n", TestContext.Current.CancellationToken);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        var start = new ProcessStartInfo("sh", [Path.Combine(Repository.Root, "infra", "images.sh")]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{folder.FullName}:{start.Environment["PATH"]}";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await output + errors);
    }
}
