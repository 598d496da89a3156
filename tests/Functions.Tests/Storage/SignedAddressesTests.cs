using System.Net;
using System.Web;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;
using Microsoft.Extensions.Time.Testing;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>What a signed address lets its holder do, and what not; tried against the emulator.</summary>
public sealed class SignedAddressesTests(AzuriteFixture azurite)
{
    private static readonly SlideId Slide = SlideId.FromName("case 7/signed.tif");
    private static readonly RunId Run = RunId.Parse("0123456789abcdef");

    private StorageClients Storage => AccountClients.Of(azurite.ConnectionString);

    [Fact]
    public async Task An_upload_address_writes_its_blob_and_does_nothing_else()
    {
        var address = await UploadAddressAsync(TimeProvider.System);

        await AssertWritesItsBlobAloneAsync(address, "signed.tif", "slides");
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, Listing(address)));
    }

    [Fact]
    public async Task An_upload_address_that_was_made_wider_by_hand_is_worth_nothing()
    {
        var address = await UploadAddressAsync(TimeProvider.System);

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, Elsewhere(address, "sp=cw", "sp=rcw")));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, Elsewhere(address, "se=2", "se=3"), "a"));
    }

    [Fact]
    public async Task An_address_that_has_expired_or_is_not_yet_valid_is_worth_nothing()
    {
        var expired = await UploadAddressAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-2)));
        var early = await UploadAddressAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(2)));

        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, expired, "a"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, early, "a"));
    }

    [Fact]
    public async Task An_address_is_valid_from_15_minutes_before_it_was_signed()
    {
        var now = new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

        var query = HttpUtility.ParseQueryString((await UploadAddressAsync(new FakeTimeProvider(now))).Query);

        Assert.Equal(("2026-02-03T03:50:06Z", "2026-02-03T05:05:06Z", "cw", "b"), (query["st"], query["se"], query["sp"], query["sr"]));
    }

    [Fact]
    public async Task A_data_sets_address_writes_its_file_and_does_nothing_else_nor_later()
    {
        var address = await DatasetAddressAsync(TimeProvider.System);

        await AssertWritesItsBlobAloneAsync(address, "patches.zip", "datasets");
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, await DatasetAddressAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-2))), "a"));
    }

    [Fact]
    public async Task An_export_address_reads_its_blob_and_does_nothing_else()
    {
        var results = Storage.Blobs.GetBlobContainerClient(Containers.Results);
        await results.GetBlobClient(BlobNames.Export(Slide, Run, Exports.PatchesCsv)).UploadAsync(BinaryData.FromString("minx"), overwrite: true, TestContext.Current.CancellationToken);
        await results.GetBlobClient(BlobNames.Export(Slide, Run, Exports.RunJson)).UploadAsync(BinaryData.FromString("{}"), overwrite: true, TestContext.Current.CancellationToken);
        var address = await ExportAddressAsync(TimeProvider.System);

        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, address));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, address, "a"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, address));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, Elsewhere(address, Exports.PatchesCsv, Exports.RunJson)));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, Listing(address)));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, await ExportAddressAsync(new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(-6)))));
    }

    private static async Task AssertWritesItsBlobAloneAsync(Uri address, string name, string container)
    {
        Assert.Equal(HttpStatusCode.Created, await SendAsync(HttpMethod.Put, address, "a"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Get, address));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Delete, address));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, Elsewhere(address, name, $"other-{name}"), "a"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(HttpMethod.Put, Elsewhere(address, $"/{container}/", "/models/"), "a"));
    }

    private async Task<Uri> UploadAddressAsync(TimeProvider time) => (await new SignedAddresses(Storage, time).SignUploadAsync("case 7/signed.tif", TestContext.Current.CancellationToken)).Address;

    private async Task<Uri> DatasetAddressAsync(TimeProvider time) => (await new SignedAddresses(Storage, time).SignDatasetAsync("signed", "patches.zip", TestContext.Current.CancellationToken)).Address;

    private async Task<Uri> ExportAddressAsync(TimeProvider time) => await new SignedAddresses(Storage, time).SignExportAsync(Slide, Run, Exports.PatchesCsv, TestContext.Current.CancellationToken);

    /// <summary>The same signature for something else.</summary>
    private static Uri Elsewhere(Uri address, string from, string to)
    {
        Assert.Contains(from, address.AbsoluteUri, StringComparison.Ordinal);
        return new Uri(address.AbsoluteUri.Replace(from, to, StringComparison.Ordinal));
    }

    private static Uri Listing(Uri address) => new($"{address.GetLeftPart(UriPartial.Path).Split("/case")[0]}{address.Query}&restype=container&comp=list");

    private static async Task<HttpStatusCode> SendAsync(HttpMethod method, Uri address, string? content = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, address);
        if (content is not null)
        {
            request.Content = new StringContent(content);
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
        }

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
