using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Slides.Training;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>Data sets and training runs over HTTP; what a trainer writes is written here by hand.</summary>
public sealed class TrainingApiTests(SharedLine shared) : IClassFixture<SharedLine>
{
    private readonly Line line = shared.Line;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_queued_watched_and_asked_to_stop()
    {
        await PutAsync(Containers.Datasets, "set/1.zip", "zip"u8.ToArray());

        using var asked = await PostAsync("api/training-runs", new { dataset = "set", modelVersion = "2.0.0", options = new { epochs = 3, optimizer = "AdamW", learningRate = 0.001 } });
        var run = await ReadAsync(asked, HttpStatusCode.Accepted);
        var id = run.GetProperty("id").GetString()!;
        Assert.Equal($"/api/training-runs/{id}", asked.Headers.Location!.OriginalString);
        Assert.Equal(("Queued", "idc-wrn-16-2", "AdamW", 16), (Text(run, "status"), Text(run, "modelName"), Text(run.GetProperty("request").GetProperty("options"), "optimizer"), run.GetProperty("request").GetProperty("options").GetProperty("depth").GetInt32()));
        var message = (await line.Queues.GetQueueClient(Queues.TrainingRuns).PeekMessagesAsync(32, Token)).Value.Single(one => one.Body.ToString().Contains(id, StringComparison.Ordinal));
        Assert.True(message.ExpiresOn > TimeProvider.System.GetUtcNow().AddYears(1), "The message expires before a machine may be free.");

        await WriteAsync(id, "state.json", new TrainingRunState(TrainingRunStatus.Training, null, TimeProvider.System.GetUtcNow(), 1, 0));
        var epoch = new EpochResult(1, 0.5, new Metrics(0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.1, 0.05));
        await WriteAsync(id, "progress.json", new TrainingReport("training", null, TimeProvider.System.GetUtcNow(), 60, 0.015, [new LossPoint(10, 0.6)], new TrainingSnapshot(10, 30, 0.6, 0.55, 0.01, 90, 120, [epoch])));
        using var cancelled = await line.Api.DeleteAsync($"api/training-runs/{id}", Token);

        var watched = await GetAsync($"api/training-runs/{id}");
        Assert.Equal(HttpStatusCode.Accepted, cancelled.StatusCode);
        Assert.Equal(("Training", true), (Text(watched, "status"), watched.GetProperty("isCancelRequested").GetBoolean()));
        var progress = watched.GetProperty("progress");
        Assert.Equal((0.9, 120), (progress.GetProperty("training").GetProperty("epochs")[0].GetProperty("validation").GetProperty("auc").GetDouble(), progress.GetProperty("training").GetProperty("secondsLeft").GetDouble()));
        Assert.NotNull(await line.FindBlobAsync(Containers.TrainingRuns, $"{id}/cancel"));

        await WriteAsync(id, "state.json", new TrainingRunState(TrainingRunStatus.Cancelled, "It was asked to stop.", TimeProvider.System.GetUtcNow(), 1, 0));
        using var again = await line.Api.DeleteAsync($"api/training-runs/{id}", Token);
        await AssertProblemAsync(again, HttpStatusCode.Conflict, "training-ended");
    }

    [Fact]
    public async Task A_run_that_is_stopped_before_a_trainer_took_it_is_cancelled()
    {
        await PutAsync(Containers.Datasets, "set/1.zip", "zip"u8.ToArray());
        using var asked = await PostAsync("api/training-runs", new { dataset = "set", modelVersion = "2.1.0" });
        var id = Text(await ReadAsync(asked, HttpStatusCode.Accepted), "id");

        using var cancelled = await line.Api.DeleteAsync($"api/training-runs/{id}", Token);

        var answer = await ReadAsync(cancelled, HttpStatusCode.Accepted);
        Assert.Equal(("Cancelled", false), (Text(answer, "status"), answer.GetProperty("isCancelRequested").GetBoolean()));
        using var again = await line.Api.DeleteAsync($"api/training-runs/{id}", Token);
        await AssertProblemAsync(again, HttpStatusCode.Conflict, "training-ended");
    }

    /// <summary>One such file once answered 500 for all runs.</summary>
    [Fact]
    public async Task A_run_whose_files_can_not_be_read_is_told_as_far_as_it_is_known()
    {
        const string Failed = "20200401-000000-00000001", Waiting = "20200401-000000-00000002", Torn = "20200401-000000-00000003";
        foreach (var id in (string[])[Failed, Waiting, Torn])
        {
            await PutAsync(Containers.TrainingRuns, $"{id}/request.json", "{"u8.ToArray());
        }

        await WriteAsync(Failed, "state.json", new TrainingRunState(TrainingRunStatus.Failed, "It could not be read.", TimeProvider.System.GetUtcNow(), 1, 0));
        foreach (var file in (string[])["state.json", "progress.json"])
        {
            await PutAsync(Containers.TrainingRuns, $"{Torn}/{file}", "{"u8.ToArray());
        }

        var listed = (await GetAsync("api/training-runs?top=3&continuation=20200401-000000-0000000f")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal([Torn, Waiting, Failed], listed.Select(run => Text(run, "id")));
        Assert.Equal(["Interrupted", "Queued", "Failed"], listed.Select(run => Text(run, "status")));
        Assert.StartsWith($"training-runs/{Torn}/state.json can't be read: ", Text(listed[0], "reason"), StringComparison.Ordinal);
        Assert.StartsWith($"training-runs/{Waiting}/request.json can't be read: ", Text(listed[1], "reason"), StringComparison.Ordinal);
        Assert.Equal("It could not be read.", Text(listed[2], "reason"));
    }

    [Fact]
    public async Task All_faults_of_a_run_are_told_at_once_by_field()
    {
        await PutAsync(Containers.Models, "taken/1.0.0/config.json", "{}"u8.ToArray());

        using var faulty = await PostAsync("api/training-runs", new
        {
            dataset = "nowhere",
            modelName = "taken",
            modelVersion = "1.0.0",
            validationShare = 0.9,
            leakingSplit = true,
            trainingCases = new[] { "1", "2" },
            validationCases = new[] { "2" },
            options = new { epochs = 0, depth = 17, frozenGroups = 1 },
        });
        var errors = (await AssertProblemAsync(faulty, HttpStatusCode.BadRequest, "invalid-training")).GetProperty("errors");

        Assert.Equal(
            ["dataset", "leakingSplit", "modelVersion", "options.depth", "options.epochs", "options.frozenGroups", "validationCases", "validationShare"],
            errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal("taken 1.0.0 exists or is being made, and versions are never overwritten.", errors.GetProperty("modelVersion")[0].GetString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"dataset":null,"modelName":null,"modelVersion":null,"trainingCases":null,"validationCases":null,"options":null}""")]
    public async Task A_run_of_nothing_names_what_is_missing(string body)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await line.Api.PostAsync("api/training-runs", content, Token);

        var errors = (await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-training")).GetProperty("errors");
        Assert.Equal(["dataset", "modelVersion"], errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_option_that_is_none_of_its_choices_is_refused()
    {
        using var answer = await PostAsync("api/training-runs", new { dataset = "set", modelVersion = "1.0.0", options = new { optimizer = "Guess" } });

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_a_page_at_a_time()
    {
        string[] ids = ["20200101-000000-00000001", "20200102-000000-00000001", "20200103-000000-00000001"];
        foreach (var id in ids)
        {
            await WriteAsync(id, "request.json", new TrainingRunRequest { Dataset = "set", ModelVersion = id });
        }

        var first = await GetAsync("api/training-runs?top=2&continuation=20200104-000000-00000001");
        var second = await GetAsync($"api/training-runs?continuation={first.GetProperty("continuation").GetString()}");

        Assert.Equal([ids[2], ids[1]], first.GetProperty("items").EnumerateArray().Select(run => Text(run, "id")));
        Assert.Equal([ids[0]], second.GetProperty("items").EnumerateArray().Select(run => Text(run, "id")));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("continuation").ValueKind);
        await AssertProblemAsync(await line.Api.GetAsync("api/training-runs?top=0", Token), HttpStatusCode.BadRequest, "invalid-parameter");
        await AssertProblemAsync(await line.Api.GetAsync("api/training-runs?continuation=x", Token), HttpStatusCode.BadRequest, "invalid-parameter");
    }

    [Theory]
    [InlineData("GET", "api/training-runs/20200101-000000-ffffffff")]
    [InlineData("DELETE", "api/training-runs/x")]
    [InlineData("GET", "api/training-runs/x/results/report.html")]
    public async Task A_run_that_is_not_there_is_not_found(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await AssertProblemAsync(await line.Api.SendAsync(request, Token), HttpStatusCode.NotFound, "training-run-not-found");
    }

    [Fact]
    public async Task Results_are_served_and_a_report_runs_nothing()
    {
        const string Run = "20200201-000000-00000001";
        await WriteAsync(Run, "request.json", new TrainingRunRequest());
        await PutAsync(Containers.TrainingRuns, $"{Run}/report.html", "<html><style></style></html>"u8.ToArray());

        using var report = await line.Api.GetAsync($"api/training-runs/{Run}/results/report.html", Token);
        Assert.Equal("text/html", report.Content.Headers.ContentType!.MediaType);
        Assert.Equal("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:", report.Headers.GetValues("Content-Security-Policy").Single());
        foreach (var file in (string[])["roc.png", "precision-recall.png", "reliability.png"])
        {
            await PutAsync(Containers.TrainingRuns, $"{Run}/{file}", [1, 2, 3]);
            using var plot = await line.Api.GetAsync($"api/training-runs/{Run}/results/{file}", Token);
            Assert.Equal((HttpStatusCode.OK, "image/png"), (plot.StatusCode, plot.Content.Headers.ContentType?.MediaType));
        }

        await AssertProblemAsync(await line.Api.GetAsync($"api/training-runs/{Run}/results/evaluation.json", Token), HttpStatusCode.NotFound, "not-found");
        await AssertProblemAsync(await line.Api.GetAsync($"api/training-runs/{Run}/results/request.json", Token), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_data_set_is_uploaded_listed_and_taken_in()
    {
        using var asked = await PostAsync("api/datasets", new { name = "mine", file = "patches.zip", length = 3 });
        var upload = await ReadAsync(asked, HttpStatusCode.OK);
        using var storage = new HttpClient();
        using var content = new ByteArrayContent("zip"u8.ToArray()) { Headers = { { "x-ms-blob-type", "BlockBlob" } } };
        using var put = await storage.PutAsync(Text(upload, "address"), content, Token);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        var before = await GetAsync("api/datasets/mine");
        Assert.Equal((1, 3, false), (before.GetProperty("files").GetInt32(), before.GetProperty("bytes").GetInt32(), before.GetProperty("isTakenIn").GetBoolean()));
        using var taking = await PostAsync("api/datasets/mine/intake", new { });
        Assert.True((await ReadAsync(taking, HttpStatusCode.Accepted)).GetProperty("request").GetProperty("intakeOnly").GetBoolean());

        // As the trainer writes it.
        await PutAsync(Containers.Datasets, "mine/more.zip", "zip"u8.ToArray());
        var report = new IntakeReport(10, 4, 2, 1, ["odd.png"], [], [], [], [], []);
        var files = await line.Container(Containers.Datasets).GetBlobsAsync(BlobTraits.None, BlobStates.None, "mine/", Token).Select(file => (file.Name, file.Properties.ContentLength, file.Properties.ETag?.ToString())).ToListAsync(Token);
        await PutAsync(Containers.Datasets, BlobNames.DatasetIntake("mine"), JsonSerializer.SerializeToUtf8Bytes(new DatasetIntake(DatasetIntake.FingerprintOf(files), TimeProvider.System.GetUtcNow(), report), TrainingJson.Options));
        var after = await GetAsync("api/datasets/mine");
        var entry = (await GetAsync("api/datasets")).GetProperty("items").EnumerateArray().Single(one => Text(one, "name") == "mine");
        Assert.Equal((true, "odd.png", 10), (after.GetProperty("isTakenIn").GetBoolean(), after.GetProperty("report").GetProperty("oddSizes")[0].GetString(), entry.GetProperty("patches").GetInt32()));

        // The report is not of a data set that has a file less.
        await line.Container(Containers.Datasets).DeleteBlobAsync("mine/more.zip", cancellationToken: Token);
        Assert.False((await GetAsync("api/datasets/mine")).GetProperty("isTakenIn").GetBoolean());
    }

    /// <summary>Every download of one site is called archive.zip: a second one replaced another data set unasked.</summary>
    [Fact]
    public async Task A_zip_that_is_there_is_replaced_only_when_that_is_asked()
    {
        await PutAsync(Containers.Datasets, "twice/archive.zip", "zip"u8.ToArray());

        using var again = await PostAsync("api/datasets", new { name = "twice", file = "archive.zip", length = 3 });
        using var more = await PostAsync("api/datasets", new { name = "twice", file = "more.zip", length = 3 });
        using var replacing = await PostAsync("api/datasets", new { name = "twice", file = "archive.zip", length = 3, replaces = true });

        await AssertProblemAsync(again, HttpStatusCode.Conflict, "dataset-file-exists");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (more.StatusCode, replacing.StatusCode));
    }

    [Theory]
    [InlineData("a/b", "x.zip", 1, "name")]
    [InlineData("a", "x.tar", 1, "file")]
    [InlineData("a", "../x.zip", 1, "file")]
    [InlineData("a", "x.zip", 0, "length")]
    public async Task A_data_set_that_can_not_be_uploaded_names_the_field(string name, string file, long length, string field)
    {
        using var answer = await PostAsync("api/datasets", new { name, file, length });

        Assert.StartsWith($"{field}: ", Text(await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_set_that_is_not_there_is_not_found()
    {
        await AssertProblemAsync(await line.Api.GetAsync("api/datasets/nowhere", Token), HttpStatusCode.NotFound, "dataset-not-found");
        using var intake = await PostAsync("api/datasets/nowhere/intake", new { });
        await AssertProblemAsync(intake, HttpStatusCode.NotFound, "dataset-not-found");
        using var hostile = await PostAsync("api/datasets/..%2Fx/corrections", new { });
        await AssertProblemAsync(hostile, HttpStatusCode.NotFound, "dataset-not-found");
    }

    [Fact]
    public async Task Reviewers_corrections_become_part_of_a_data_set()
    {
        using var added = await PostAsync("api/datasets/corrected/corrections", new { });

        Assert.Equal(1, (await ReadAsync(added, HttpStatusCode.OK)).GetProperty("files").GetInt32());
        using var zip = new ZipArchive(new MemoryStream((await line.FindBlobAsync(Containers.Datasets, "corrected/corrected-patches.zip"))!));
        Assert.NotNull(zip.GetEntry("corrections.csv"));
    }

    [Fact]
    public async Task Each_hyperparameter_is_told_with_its_default_range_and_help()
    {
        var options = (await GetAsync("api/training-options")).GetProperty("items").EnumerateArray().ToDictionary(option => Text(option, "name"));

        Assert.Equal(typeof(TrainingOptions).GetProperties().Length, options.Count);
        Assert.All(options.Values, option => Assert.NotEmpty(Text(option, "help")));
        Assert.Equal(("0.05", 10), (Text(options["learningRate"], "default"), options["learningRate"].GetProperty("maximum").GetDouble()));
        Assert.Equal(["Sgd", "AdamW"], options["optimizer"].GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()));
    }

    [Fact]
    public async Task A_network_is_told_layer_by_layer()
    {
        var network = await GetAsync("api/network?width=2");

        Assert.Equal(("wide_resnet16_2", 10), (Text(network, "name"), network.GetProperty("layers").GetArrayLength()));
        Assert.InRange(network.GetProperty("gflop").GetDouble(), 0.5, 0.52);
        await AssertProblemAsync(await line.Api.GetAsync("api/network?depth=17&width=0", Token), HttpStatusCode.BadRequest, "invalid-training");
    }

    [Fact]
    public async Task A_bundle_holds_the_model_its_manifest_and_the_scoring_program()
    {
        using var zip = new ZipArchive(new MemoryStream(await line.Api.GetByteArrayAsync("api/models/toy/1.0.0/bundle", Token)));

        Assert.Subset(zip.Entries.Select(entry => entry.FullName).ToHashSet(), new HashSet<string> { "toy-1.0.0/config.json", "toy-1.0.0/model.onnx", "toy-1.0.0/score.py" });
        await AssertProblemAsync(await line.Api.GetAsync("api/models/toy/9.9.9/bundle", Token), HttpStatusCode.NotFound, "not-found");
    }

    private Task WriteAsync<T>(string run, string file, T content) => PutAsync(Containers.TrainingRuns, $"{run}/{file}", JsonSerializer.SerializeToUtf8Bytes(content, TrainingJson.Options));

    private async Task PutAsync(string container, string name, byte[] content) => await line.Container(container).GetBlobClient(name).UploadAsync(BinaryData.FromBytes(content), overwrite: true, Token);

    private Task<JsonElement> GetAsync(string path) => line.Api.GetFromJsonAsync<JsonElement>(path, Token);

    /// <summary>Sends a body with its length: the Functions host takes none in pieces.</summary>
    private async Task<HttpResponseMessage> PostAsync(string path, object body)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await line.Api.PostAsync(path, content, Token);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        var problem = await ReadAsync(answer, status);
        Assert.Equal($"urn:idcfunctions:{type}", Text(problem, "type"));
        return problem;
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
