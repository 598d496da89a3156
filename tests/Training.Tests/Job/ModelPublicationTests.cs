using Azure.Storage.Blobs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Job;

namespace IdcFunctions.Training.Tests.Job;

public sealed class ModelPublicationTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private static readonly TrainingRunId Run = TrainingRunId.Parse("20260101-000000-00000001")!;

    private readonly TemporaryFolder temporary = new();

    private BlobContainerClient Models => new(azurite.ConnectionString, Containers.Models);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_version_that_is_released_holds_nothing_of_the_publication_that_failed()
    {
        var publication = new ModelPublication(Models, "failed", "1.0.0", Run);
        Assert.False(await publication.ReserveAsync(Token));
        await PutAsync("failed/1.0.0/model-int8.onnx");
        await PutAsync("failed/1.0.01/model.onnx");

        await publication.ReleaseAsync(Token);

        Assert.Equal(["failed/1.0.01/model.onnx"], Names("failed/"));
    }

    [Fact]
    public async Task A_version_of_another_run_and_one_that_is_published_stay()
    {
        await PutAsync("others/1.0.0/training-run", "20260101-000000-00000002");
        await PutAsync("others/1.0.0/model.onnx");
        var published = new ModelPublication(Models, "published", "1.0.0", Run);
        await published.ReserveAsync(Token);
        temporary.WriteLines("config.json", "{}");
        await published.PublishAsync(temporary.Path, Token);

        await new ModelPublication(Models, "others", "1.0.0", Run).ReleaseAsync(Token);
        await published.ReleaseAsync(Token);

        Assert.Equal(["others/1.0.0/model.onnx", "others/1.0.0/training-run"], Names("others/"));
        Assert.Equal(["published/1.0.0/config.json", "published/1.0.0/training-run"], Names("published/"));
    }

    private async Task PutAsync(string name, string content = "") => await Models.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    private List<string> Names(string prefix) =>
        [.. Models.GetBlobs(Azure.Storage.Blobs.Models.BlobTraits.None, Azure.Storage.Blobs.Models.BlobStates.None, prefix, Token).Select(blob => blob.Name)];
}
