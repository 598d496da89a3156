using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Geometry;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>Transactions written without the SDK's client are its, byte for byte, and the service's answers are taken as it takes them.</summary>
public sealed partial class PatchTransactionsTests(AzuriteFixture azurite)
{
    private const string Partition = "case~207~2Fa.svs|0123456789abcdef";

    private static readonly ImmutableArray<PatchScore> Scores =
    [
        new(new PatchCell(0, 0), 0, PatchQualities.None) { Spread = 0 },
        new(new PatchCell(12, 99_999), 0.1f, PatchQualities.Blurred | PatchQualities.LittleTissue) { Spread = 0.25f },
        new(new PatchCell(99_999, 3), 1, PatchQualities.PenOrBorder) { Spread = 1e-9f },
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_is_byte_for_byte_the_SDKs_but_for_the_boundaries(bool allOrientations)
    {
        var plan = Plan(allOrientations);
        var (sent, own) = (new SentBody(HttpStatusCode.Accepted, Taken), new SentBody(HttpStatusCode.Accepted, Taken));
        var connection = $"DefaultEndpointsProtocol=https;AccountName=account;AccountKey={Convert.ToBase64String(new byte[32])};TableEndpoint=https://account.table.core.windows.net/";
        var table = new TableClient(connection, Tables.Patches, new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(sent)) });
        await table.SubmitTransactionAsync(Scores.Select(score => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Row(score, plan))), TestContext.Current.CancellationToken);

        await Transactions(own).UpsertAsync(Partition, Scores.AsMemory(), plan, TestContext.Current.CancellationToken);

        Assert.Equal(Boundary().Replace(sent.Text, "$1"), Boundary().Replace(own.Text, "$1"));
        Assert.Equal(Boundary().Replace(sent.Request, "$1"), Boundary().Replace(own.Request, "$1"));
    }

    [Fact]
    public async Task Written_rows_are_read_as_those_of_the_SDK_are_and_written_again_they_are_replaced()
    {
        var token = TestContext.Current.CancellationToken;
        var plan = Plan(allOrientations: true);
        var table = new TableClient(azurite.ConnectionString, Tables.Patches);
        var storage = AccountClients.Of(azurite.ConnectionString);
        var transactions = new PatchTransactions(storage.TablePipeline, storage.Tables.Uri);

        await transactions.UpsertAsync(Partition, Scores.AsMemory(), plan, token);
        await transactions.UpsertAsync(Partition, Scores.AsMemory(), plan, token);

        await table.SubmitTransactionAsync(Scores.Select(score => new TableTransactionAction(TableTransactionActionType.Add, Row(score, plan, "by the SDK"))), token);
        var rows = await ReadAsync(table, Partition, token);
        Assert.Equal(3, rows.Count);
        Assert.Equal(await ReadAsync(table, "by the SDK", token), rows);
    }

    [Fact]
    public async Task A_refusal_in_the_answers_part_is_thrown_with_its_status_and_code()
    {
        var refusal = Answer("HTTP/1.1 404 Not Found", """{"odata.error":{"code":"TableNotFound","message":{"lang":"en-US","value":"0:The table specified does not exist."}}}""");

        var thrown = await Assert.ThrowsAsync<RequestFailedException>(() => SendAsync(HttpStatusCode.Accepted, refusal));

        Assert.Equal((404, "TableNotFound", "0:The table specified does not exist."), (thrown.Status, thrown.ErrorCode, thrown.Message));
    }

    [Fact]
    public async Task A_busy_partition_in_the_answers_part_is_an_error_that_goes_away() =>
        Assert.True(StorageErrors.IsTransient(await Assert.ThrowsAsync<RequestFailedException>(() => SendAsync(HttpStatusCode.Accepted, Answer("HTTP/1.1 503 Server Busy", "")))));

    [Fact]
    public async Task An_answer_that_ends_before_it_says_anything_is_an_error_that_goes_away() =>
        Assert.True(StorageErrors.IsTransient(await Assert.ThrowsAsync<IOException>(() => SendAsync(HttpStatusCode.Accepted, "--batchresponse_1\r\n"))));

    [Fact]
    public async Task A_refused_request_is_thrown_with_its_status() =>
        Assert.Equal(403, (await Assert.ThrowsAsync<RequestFailedException>(() => SendAsync(HttpStatusCode.Forbidden, ""))).Status);

    [Fact]
    public void A_connection_string_without_a_key_is_refused_and_says_what_to_give()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => StorageClients.Create(key =>
            key == "Slides" ? "TableEndpoint=https://a.table.core.windows.net/;BlobEndpoint=https://a.blob.core.windows.net/;QueueEndpoint=https://a.queue.core.windows.net/;SharedAccessSignature=sv=2020-12-06&sig=x" : null));

        Assert.Contains("AccountKey", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_allocated_for_a_row()
    {
        var plan = Plan(allOrientations: true);
        PatchScore[] many = [.. Enumerable.Range(0, 100).Select(column => new PatchScore(new PatchCell(1, column), 0.5f, PatchQualities.None))];
        var body = new PatchTransactionBody(new Uri("https://account.table.core.windows.net"));
        await Task.Run(() => body.Write(Partition, many, plan));
        _ = Bytes(many.AsSpan(0, 1));

        Assert.Equal(Bytes(many.AsSpan(0, 1)), Bytes(many));

        long Bytes(ReadOnlySpan<PatchScore> scores)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            body.Write(Partition, scores, plan);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private const string Taken = "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 204 No Content\r\nDataServiceVersion: 3.0;\r\n\r\n\r\n--changesetresponse_1--\r\n--batchresponse_1--\r\n";

    [GeneratedRegex("(batch|changeset)_[0-9a-z-]+")]
    private static partial Regex Boundary();

    private static string Answer(string status, string body) => Taken.Replace("HTTP/1.1 204 No Content", status, StringComparison.Ordinal).Replace("3.0;\r\n\r\n", $"3.0;\r\n\r\n{body}", StringComparison.Ordinal);

    private static Task SendAsync(HttpStatusCode status, string answer) =>
        Transactions(new SentBody(status, answer)).UpsertAsync(Partition, Scores.AsMemory(), Plan(allOrientations: false), TestContext.Current.CancellationToken);

    private static PatchTransactions Transactions(SentBody service)
    {
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(service)) };
        options.Retry.MaxRetries = 0;
        return new PatchTransactions(HttpPipelineBuilder.Build(options), new Uri("https://account.table.core.windows.net/"));
    }

    private static TilingPlan Plan(bool allOrientations)
    {
        var settings = ToyRun.Settings("a.svs") with { AllOrientations = allOrientations };
        return new TilingPlan(TilingPlan.CurrentVersion, settings, DateTimeOffset.UnixEpoch, new SlideProperties("tiff", 5_000_000, 4_000_000, 0.2527, 0.2531, "slide", 0, 5_000, 4_000), 0, 0, []);
    }

    private static PatchRow Row(PatchScore score, TilingPlan plan, string partition = Partition)
    {
        var region = plan.Grid.RegionOf(score.Cell);
        return new PatchRow
        {
            PartitionKey = partition,
            RowKey = score.Cell.Key,
            Probability = score.Probability,
            Spread = plan.Settings.AllOrientations ? score.Spread : null,
            MinX = region.MinX,
            MinY = region.MinY,
            Width = region.Width,
            Height = region.Height,
            Qualities = (int)score.Qualities,
        };
    }

    private static async Task<List<string>> ReadAsync(TableClient table, string partition, CancellationToken cancellationToken)
    {
        var rows = new List<string>();
        await foreach (var row in table.QueryAsync<TableEntity>(row => row.PartitionKey == partition, cancellationToken: cancellationToken))
        {
            rows.Add(string.Join("; ", row.Where(column => column.Key is not ("odata.etag" or "Timestamp" or "PartitionKey")).OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => $"{column.Key}={column.Value} ({column.Value?.GetType().Name})")));
        }

        return rows;
    }

    /// <summary>A service that answers always the same and keeps what it was sent.</summary>
    private sealed class SentBody(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        public string Text { get; private set; } = "";

        public string Request { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string Header(string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
            Request = $"{request.Method} {request.RequestUri} {Header("x-ms-version")} {Header("DataServiceVersion")} {Header("Accept")} {request.Content!.Headers.ContentType}";
            Text = await request.Content!.ReadAsStringAsync(cancellationToken);
            var content = new StringContent(answer);
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", "multipart/mixed; boundary=batchresponse_1");
            return new HttpResponseMessage(status) { Content = content };
        }
    }
}
