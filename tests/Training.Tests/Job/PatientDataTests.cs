using System.IO.Compression;
using System.Text;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Training.Tests.Job;

/// <summary>Where a training leaves the name of a slide that it learnt from, and that docs/operations.md says how to find and delete it.</summary>
public sealed class PatientDataTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private const string Slide = "miller-1948.svs";

    private readonly TemporaryFolder temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task Every_place_of_a_corrected_slides_name_is_named_where_operations_say_how_to_delete_it_and_then_it_is_gone()
    {
        var account = new JobAccount(azurite.ConnectionString, temporary);
        await account.UploadDatasetAsync("own");
        await UploadCorrectionsAsync(account);
        var intake = await account.AskAsync(new TrainingRunRequest { Dataset = "own", IntakeOnly = true });
        await account.RunAsync();
        var run = await account.AskAsync(JobAccount.Small("own", "1.0.0", epochs: 1));
        await account.RunAsync();
        Assert.Equal(TrainingRunStatus.Succeeded, (await account.StateAsync(run))!.Status);

        var operations = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"), Token);
        var section = operations.Split("## Delete a patient's data")[1].Split("\n## ")[0];
        var places = await PlacesAsync(account);
        Assert.Equal(
            ["datasets/_intake/{name}.json", "datasets/_packs/{name}/", "datasets/{name}/", "models/{name}/{version}/", "training-runs/{id}/"],
            places.Select(blob => Pattern(blob, intake, run)).Distinct().Order(StringComparer.Ordinal));
        Assert.All(places, blob => Assert.Contains($"`{Pattern(blob, intake, run)}", section, StringComparison.Ordinal));

        // As the section says: the corrections, then the data set taken in again, then what was trained on it.
        await account.Container(Containers.Datasets).DeleteBlobAsync("own/corrected-patches.zip", cancellationToken: Token);
        await account.AskAsync(new TrainingRunRequest { Dataset = "own", IntakeOnly = true });
        await account.RunAsync();
        await DeleteAsync(account, Containers.TrainingRuns, $"{run}/");
        await DeleteAsync(account, Containers.Models, "idc-wrn-10-1/1.0.0/");

        Assert.Empty(await PlacesAsync(account));
    }

    /// <summary>A container's log is kept with all others, and those hold no names.</summary>
    [Fact]
    public async Task The_jobs_log_names_no_case_and_no_file_of_a_data_set()
    {
        var account = new JobAccount(azurite.ConnectionString, temporary);
        await account.UploadDatasetAsync("logged");
        const string Other = "miller-1949.svs";
        await UploadCorrectionsAsync(account, "logged", Other);
        string[] cases = [.. Enumerable.Range(1, 8).Select(id => $"{id}")];
        await account.AskAsync(JobAccount.Small("logged", "2.0.0", epochs: 1));
        await account.RunAsync();
        var failed = await account.AskAsync(JobAccount.Small("logged", "2.0.1") with { TrainingCases = cases, ValidationCases = [Other] });
        await account.RunAsync();

        Assert.Contains(Other, (await account.StateAsync(failed))!.Reason, StringComparison.Ordinal);
        var log = account.Log;
        Assert.Contains("9 cases, 68 patches", log, StringComparison.Ordinal);
        Assert.Contains("1 with other names", log, StringComparison.Ordinal);
        Assert.Contains($"{failed}: Failed", log, StringComparison.Ordinal);
        Assert.DoesNotContain("miller", log, StringComparison.Ordinal);
        Assert.DoesNotContain("validation cases:", log, StringComparison.Ordinal);
    }

    private async Task UploadCorrectionsAsync(JobAccount account, string dataset = "own", string slide = Slide)
    {
        var corrected = SyntheticPatches.Write(temporary.At("corrected"), [slide], 2);
        await File.WriteAllTextAsync(Path.Combine(corrected, "corrections.csv"), $"slide,run\n{slide},0123456789abcdef\n", Token);
        await File.WriteAllTextAsync(Path.Combine(corrected, slide, "note-on-miller.txt"), "", Token);
        await ZipFile.CreateFromDirectoryAsync(corrected, temporary.At("corrected.zip"), Token);
        await account.Container(Containers.Datasets).GetBlobClient($"{dataset}/corrected-patches.zip").UploadAsync(temporary.At("corrected.zip"), Token);
    }

    /// <summary>All blobs that hold the slide's name, in their own or in what they hold.</summary>
    private static async Task<List<string>> PlacesAsync(JobAccount account)
    {
        var places = new List<string>();
        foreach (var container in Containers.All)
        {
            await foreach (var blob in account.Container(container).GetBlobsAsync(BlobTraits.None, BlobStates.None, "", Token))
            {
                var content = (await account.FindAsync(container, blob.Name))!;
                if (blob.Name.Contains(Slide, StringComparison.Ordinal) || content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Slide)) >= 0)
                {
                    places.Add($"{container}/{blob.Name}");
                }
            }
        }

        return places;
    }

    private static string Pattern(string blob, params TrainingRunId[] runs) => blob.Split('/') switch
    {
        ["datasets", "_packs", ..] => "datasets/_packs/{name}/",
        ["datasets", "_intake", ..] => "datasets/_intake/{name}.json",
        ["datasets", ..] => "datasets/{name}/",
        ["models", ..] => "models/{name}/{version}/",
        ["training-runs", var id, ..] when runs.Any(run => run.Value == id) => "training-runs/{id}/",
        _ => blob,
    };

    private static async Task DeleteAsync(JobAccount account, string container, string prefix)
    {
        await foreach (var blob in account.Container(container).GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, Token))
        {
            await account.Container(container).DeleteBlobIfExistsAsync(blob.Name, cancellationToken: Token);
        }
    }
}
