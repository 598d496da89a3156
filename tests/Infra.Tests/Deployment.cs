using System.Text.Json.Nodes;
using IdcFunctions.Fixtures;

[assembly: AssemblyFixture(typeof(IdcFunctions.Infra.Tests.Deployment))]

namespace IdcFunctions.Infra.Tests;

/// <summary>
/// What deploying the template with its parameter file makes, predicted without Azure: the compiled template with its
/// modules, loops and expressions evaluated. What only Azure knows (an identity's id) stays an expression in brackets.
/// </summary>
public sealed class Deployment : IAsyncLifetime
{
    private static readonly string Template = Path.Combine(Repository.Root, "infra", "bicep");

    private IReadOnlyList<JsonNode>? predicted;

    /// <summary>The template's main file.</summary>
    public static string MainFile { get; } = Path.Combine(Template, "main.bicep");

    /// <summary>Its parameter file: all defaults.</summary>
    public static string ParametersFile { get; } = Path.Combine(Template, "main.bicepparam");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (BicepProgram.RunsHere)
        {
            var cancellationToken = TestContext.Current.CancellationToken;
            predicted = await PredictAsync(await File.ReadAllTextAsync(ParametersFile, cancellationToken), "first", cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>All resources of a type, e.g. <c>Microsoft.Web/sites</c>; skips the running test where Bicep does not run.</summary>
    public IReadOnlyList<JsonNode> All(string type)
    {
        BicepProgram.Require();
        return [.. predicted!.Where(resource => (string?)resource["type"] == type)];
    }

    /// <summary>The only resource of a type.</summary>
    public JsonNode One(string type) => Assert.Single(All(type));

    /// <summary>The last segments of the names of a type's resources, in order of their letters.</summary>
    public IEnumerable<string> Names(string type) =>
        All(type).Select(resource => ((string)resource["name"]!).Split('/')[^1]).Order(StringComparer.Ordinal);

    /// <summary>Predicts a deployment.</summary>
    /// <param name="parameters">Text of a <c>.bicepparam</c> file beside <c>main.bicep</c>.</param>
    /// <param name="deploymentName">Its name; each deployment in Azure has another.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IReadOnlyList<JsonNode>> PredictAsync(string parameters, string deploymentName, CancellationToken cancellationToken)
    {
        // The prediction is written beside the parameters: in a copy, the checkout stays clean.
        var copy = Directory.CreateTempSubdirectory("idc-infra-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Template, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(copy.FullName, Path.GetRelativePath(Template, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            var parametersFile = Path.Combine(copy.FullName, "predicted.bicepparam");
            await File.WriteAllTextAsync(parametersFile, parameters, cancellationToken);
            var (exitCode, output) = await BicepProgram.RunAsync(
                cancellationToken,
                "snapshot",
                parametersFile,
                "--subscription-id",
                "00000000-0000-0000-0000-000000000001",
                "--resource-group",
                "idc",
                "--location",
                "westeurope",
                "--deployment-name",
                deploymentName);
            Assert.True(exitCode == 0, output);

            var snapshot = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(copy.FullName, "predicted.snapshot.json"), cancellationToken))!;
            Assert.Empty(snapshot["diagnostics"]!.AsArray());
            return [.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!)];
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
