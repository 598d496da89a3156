using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>The app as it stands in Azure: its storage takes no key from it, only tokens of its identity.</summary>
public sealed class IdentityTests(KeylessLine keyless) : IClassFixture<KeylessLine>
{
    private readonly Line line = keyless.Line;

    private KeylessStorage Storage => line.Keyless!;

    [Fact]
    public async Task A_dropped_slide_is_scored_by_an_app_that_has_no_key_and_only_its_roles()
    {
        await line.DropAsync("case 7/keyless.tif", Slide(31));

        var answer = await line.WaitForAsync("case 7/keyless.tif", nameof(RunState.Complete));

        var partition = TableKeys.RunPartition(SlideId.FromName("case 7/keyless.tif"), RunId.Parse(answer.GetProperty("run").GetString()!));
        Assert.Equal(answer.GetProperty("patches").GetInt32(), (await line.RowsAsync(Tables.Patches, partition)).Count);
        Assert.Empty(Storage.Refusals);
        Assert.All(Storage.IdentityRequests, request => Assert.Equal("?api-version=2019-08-01&resource=https://storage.azure.com&client_id=idc-app", request));
    }

    [Fact]
    public async Task Uploads_and_exports_are_signed_with_a_key_of_the_identity()
    {
        var content = Slide(32);
        using var asked = await line.SendJsonAsync(HttpMethod.Post, "api/uploads", new { name = "uploaded.tif", length = content.Length });
        asked.EnsureSuccessStatusCode();
        var upload = await asked.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var request = new HttpRequestMessage(HttpMethod.Put, Storage.Reached(new Uri(upload.GetProperty("address").GetString()!)))
        {
            Content = new ByteArrayContent(content),
            Headers = { { "x-ms-blob-type", "BlockBlob" } },
        };
        using var put = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        await line.WaitForAsync("uploaded.tif", nameof(RunState.Complete));

        using var redirect = await client.GetAsync(new Uri(line.Host.Address, $"{Line.SlidePath("uploaded.tif")}/exports/{Exports.PatchesCsv}"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        Assert.StartsWith("minx,miny,width,height,", await client.GetStringAsync(Storage.Reached(redirect.Headers.Location!), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static byte[] Slide(int seed) => SyntheticSlide.OfTissue(700, 600, 4, seed).ToLibvipsPyramid(4);
}
