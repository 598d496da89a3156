using System.Text.Json.Nodes;
using IdcFunctions.Fixtures;

[assembly: AssemblyFixture(typeof(IdcFunctions.Infra.Tests.Deployment))]

namespace IdcFunctions.Infra.Tests;

/// <summary>
/// What deploying the template makes, predicted without Azure: the compiled template with its modules, loops and
/// expressions evaluated, for each parameter file and for everything that can be switched on.
/// </summary>
public sealed class Deployment : IAsyncLifetime
{
    private static readonly string Template = Path.Combine(Repository.Root, "infra", "bicep");

    private Prediction? prod;
    private Prediction? dev;
    private Prediction? everything;

    /// <summary>The template's main file.</summary>
    public static string MainFile { get; } = Path.Combine(Template, "main.bicep");

    /// <summary>The parameter files.</summary>
    public static string[] ParameterFiles { get; } = [.. Directory.EnumerateFiles(Template, "*.bicepparam").Order(StringComparer.Ordinal)];

    /// <summary>With <c>prod.bicepparam</c>; skips the running test where Bicep does not run.</summary>
    public Prediction Prod => Predicted(prod);

    /// <summary>With <c>dev.bicepparam</c>.</summary>
    public Prediction Dev => Predicted(dev);

    /// <summary>With a GPU for scoring and for training, a private network and alerts.</summary>
    public Prediction Everything => Predicted(everything);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (BicepProgram.RunsHere)
        {
            var cancellationToken = TestContext.Current.CancellationToken;
            prod = await PredictAsync(await File.ReadAllTextAsync(Path.Combine(Template, "prod.bicepparam"), cancellationToken), "first", cancellationToken);
            dev = await PredictAsync(await File.ReadAllTextAsync(Path.Combine(Template, "dev.bicepparam"), cancellationToken), "first", cancellationToken);
            everything = await PredictAsync(
                """
                using 'main.bicep'
                param entraClientId = '00000000-0000-0000-0000-000000000002'
                param imageTag = '1.0.0'
                param scoringOn = 'GpuT4'
                param trainingOn = 'GpuA100'
                param prices = { scorerPerHour: '0', tenThousandOperations: '0', currency: 'EUR', trainerPerHour: '3.67' }
                param privateNetwork = true
                param slidesCoolAfterDays = 60
                param alertEmails = ['operators@example.org']
                param allowedAddresses = ['203.0.113.0/24', '198.51.100.7/32']
                """,
                "first",
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Prediction Predicted(Prediction? prediction)
    {
        BicepProgram.Require();
        return prediction!;
    }

    /// <summary>Predicts a deployment.</summary>
    /// <param name="parameters">Text of a <c>.bicepparam</c> file beside <c>main.bicep</c>.</param>
    /// <param name="deploymentName">Its name; each deployment in Azure has another.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Prediction> PredictAsync(string parameters, string deploymentName, CancellationToken cancellationToken)
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
            return new Prediction([.. snapshot["predictedResources"]!.AsArray().Select(resource => resource!)]);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }
}
