using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Job;

namespace IdcFunctions.Training.Tests.Job;

public sealed class TrainingJobTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private JobAccount Account => new(azurite.ConnectionString, temporary);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_message_becomes_a_published_model_that_is_not_activated()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("set"), "1.0.0"));

        var end = await account.RunAsync();

        Assert.Equal((JobEnd.Done, TrainingRunStatus.Succeeded, null), (end, (await account.StateAsync(id))!.Status, (await account.StateAsync(id))!.Reason));
        Assert.Equal(0, await account.MessagesAsync());
        var progress = (await account.ProgressAsync(id))!;
        Assert.Equal(("succeeded", 2), (progress.Status, progress.Training!.Epochs.Length));
        Assert.Equal(progress.SpentSeconds / 3600 * 0.9, progress.Cost, 9);
        Assert.Equal(Enumerable.Range(1, progress.Training.Steps), progress.Losses.Select(point => point.Step));
        foreach (var file in (string[])["report.html", "evaluation.json", "predictions.csv", "intake.json", "split.json", "roc.png", "precision-recall.png", "reliability.png", "checkpoints/training.ckpt", "checkpoints/epoch-002.dat"])
        {
            Assert.NotNull(await account.FindAsync(Containers.TrainingRuns, BlobNames.TrainingFile(id, file)));
        }

        var manifest = ModelManifest.Parse((await account.FindAsync(Containers.Models, "idc-wrn-10-1/1.0.0/config.json"))!);
        Assert.Equal(("idc-wrn-10-1", "1.0.0"), (manifest.ModelName, manifest.ModelVersion));
        Assert.NotNull(await account.FindAsync(Containers.Models, "idc-wrn-10-1/1.0.0/model.onnx"));
        Assert.Null(await account.FindAsync(Containers.Models, BlobNames.ActiveModel));
        Assert.False(Directory.Exists(temporary.At("work", id.Value)));

        // Its message once more, and another run that asks for the same version.
        await account.SendAsync($$"""{"v":1,"id":"{{id}}"}""");
        Assert.Equal(JobEnd.Done, await account.RunAsync());
        var second = await account.AskAsync(JobAccount.Small("set", "1.0.0"));
        await account.RunAsync();
        Assert.Equal(TrainingRunStatus.Failed, (await account.StateAsync(second))!.Status);
        Assert.Contains("idc-wrn-10-1 1.0.0 exists, and versions are never overwritten", (await account.StateAsync(second))!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_has_no_key_and_only_its_identitys_roles_makes_a_model()
    {
        await using var keyless = await KeylessStorage.StartAsync(Token);
        var account = new JobAccount(keyless.ConnectionString, temporary);
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("keyless"), "1.0.0"));

        using var process = Start(keyless.SettingsOf("idc-training"));
        var error = process.StandardError.ReadToEndAsync(Token);
        await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Empty(keyless.Refusals);
        Assert.Equal((0, ""), (process.ExitCode, await error));
        Assert.Equal(TrainingRunStatus.Succeeded, (await account.StateAsync(id))!.Status);
        Assert.NotNull(await account.FindAsync(Containers.Models, "idc-wrn-10-1/1.0.0/config.json"));
        Assert.Equal(0, await account.MessagesAsync());
    }

    [Fact]
    public async Task A_killed_training_goes_on_and_ends_with_the_weights_of_an_undisturbed_one()
    {
        var account = Account;
        await account.UploadDatasetAsync("killed");
        var undisturbed = await account.AskAsync(JobAccount.Small("killed", "2.0.0", epochs: 12));
        await account.RunAsync();
        var id = await account.AskAsync(JobAccount.Small("killed", "2.0.1", epochs: 12));

        using (var process = Start())
        {
            await account.WaitForCheckpointAsync(id);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Token);
        }

        var killed = (await account.StateAsync(id))!;
        Assert.Equal(TrainingRunStatus.Training, killed.Status);
        Assert.Equal(1, await account.MessagesAsync());
        await account.PassTimeAsync(id);
        Assert.Equal(JobEnd.Done, await account.RunAsync());

        var state = (await account.StateAsync(id))!;
        Assert.Equal((TrainingRunStatus.Succeeded, 1), (state.Status, state.Starts));
        Assert.True(state.Steps > 0, "It began anew.");
        Assert.Equal(await LastWeightsAsync(undisturbed), await LastWeightsAsync(id));
        Assert.Equal((await account.ProgressAsync(undisturbed))!.Training!.Epochs, (await account.ProgressAsync(id))!.Training!.Epochs);

        async Task<byte[]?> LastWeightsAsync(TrainingRunId run) => await account.FindAsync(Containers.TrainingRuns, BlobNames.TrainingCheckpoint(run, "epoch-012.dat"));
    }

    [Fact]
    public async Task A_trainer_that_is_told_to_end_keeps_a_checkpoint_and_its_message()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("ended"), "3.0.0", epochs: 500));
        using var stopping = new CancellationTokenSource();

        var running = account.RunUntilAsync(stopping.Token);
        await account.WaitForCheckpointAsync(id);
        await stopping.CancelAsync();

        Assert.Equal(JobEnd.Interrupted, await running);
        var state = (await account.StateAsync(id))!;
        Assert.Equal((TrainingRunStatus.Interrupted, "Its trainer was told to end."), (state.Status, state.Reason));
        Assert.Equal(1, await account.MessagesAsync());
        Assert.True((await account.ProgressAsync(id))!.Training!.Step > 0);
    }

    /// <summary>The real process, with the real signal: as Container Apps and the local host end it.</summary>
    [Fact]
    public async Task A_process_that_gets_sigterm_keeps_a_checkpoint_and_its_message()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals.");
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("signalled"), "3.1.0", epochs: 1000));

        using var process = Start();
        await account.WaitForCheckpointAsync(id);
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(Token);

        var state = (await account.StateAsync(id))!;
        Assert.Equal((1, TrainingRunStatus.Interrupted, "Its trainer was told to end."), (process.ExitCode, state.Status, state.Reason));
        Assert.Equal(1, await account.MessagesAsync());
        var kept = temporary.At("kept.ckpt");
        await account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingCheckpoint(id, Checkpoint.FileName)).DownloadToAsync(kept, Token);
        Assert.Equal((await account.ProgressAsync(id))!.Training!.Step, Checkpoint.StepsOf(kept));
    }

    /// <summary>What the next trainer writes must not be written over.</summary>
    [Fact]
    public async Task A_trainer_whose_lock_is_lost_ends_and_writes_nothing_more()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("lost"), "3.2.0", epochs: 1000));
        var held = account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingLock(id)).GetBlobLeaseClient();

        var running = account.RunAsync();
        await account.WaitForCheckpointAsync(id);
        await held.BreakAsync(TimeSpan.Zero, cancellationToken: Token);
        await held.AcquireAsync(TimeSpan.FromSeconds(60), cancellationToken: Token);

        Assert.Equal(JobEnd.Interrupted, await running);
        Assert.Equal(TrainingRunStatus.Training, (await account.StateAsync(id))!.Status);
        Assert.Equal("training", (await account.ProgressAsync(id))!.Status);
        Assert.Equal(1, await account.MessagesAsync());
    }

    [Fact]
    public async Task A_data_set_that_has_changed_since_the_checkpoint_fails_the_run_with_what_to_do()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("changed"), "3.3.0", epochs: 1000));
        using var stopping = new CancellationTokenSource();
        var running = account.RunUntilAsync(stopping.Token);
        await account.WaitForCheckpointAsync(id);
        await stopping.CancelAsync();
        Assert.Equal(JobEnd.Interrupted, await running);
        var (split, progress) = (await SplitAsync(), (await account.ProgressAsync(id))!);

        await account.UploadDatasetAsync("changed", cases: 9);
        await account.SendAgainAsync(id);

        Assert.Equal(JobEnd.Done, await account.RunAsync());
        var state = (await account.StateAsync(id))!;
        Assert.Equal(TrainingRunStatus.Failed, state.Status);
        Assert.StartsWith("The data set 'changed' has changed since the run began", state.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("--", state.Reason, StringComparison.Ordinal);

        // They once were those of the start that was refused: another split beside the weights, and no curve.
        Assert.Equal(split, await SplitAsync());
        Assert.Equal(progress.Training!.Epochs, (await account.ProgressAsync(id))!.Training!.Epochs);

        async Task<string> SplitAsync() => Encoding.UTF8.GetString((await account.FindAsync(Containers.TrainingRuns, BlobNames.TrainingFile(id, "split.json")))!);
    }

    [Theory]
    [InlineData("request.json", "{")]
    [InlineData("request.json", "null")]
    [InlineData("state.json", "{")]
    [InlineData("state.json", "null")]
    public async Task A_run_whose_files_hold_nothing_that_can_be_read_fails_with_the_reason(string file, string content)
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small("nowhere", "3.4.0"));
        await account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingFile(id, file)).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);
        const string Reservation = "idc-wrn-10-1/3.4.0/training-run";
        await account.Container(Containers.Models).GetBlobClient(Reservation).UploadAsync(BinaryData.FromString(id.Value), overwrite: true, Token);

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        var state = (await account.StateAsync(id))!;
        Assert.Equal((TrainingRunStatus.Failed, 0), (state.Status, await account.MessagesAsync()));
        Assert.StartsWith($"training-runs/{id}/{file} can't be read: ", state.Reason, StringComparison.Ordinal);

        // The version was once reserved for ever. Which it is, only the request says.
        Assert.Equal(file == "state.json", await account.FindAsync(Containers.Models, Reservation) is null);
    }

    /// <summary>The platform's limit is one of each start, and a start that got further is followed by another: a training once had no end.</summary>
    [Fact]
    public async Task A_run_whose_starts_have_taken_their_hours_together_fails()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("endless"), "6.1.0", epochs: 1000));
        await account.PutAsync(BlobNames.TrainingFile(id, "progress.json"), new TrainingReport("training", null, TimeProvider.System.GetUtcNow(), SpentSeconds: 3595, 0, [], null));

        var end = await account.RunAsync(mostHours: 1);

        var state = (await account.StateAsync(id))!;
        Assert.Contains("longer than 1 h,", state.Reason, StringComparison.Ordinal);
        Assert.Equal((JobEnd.Done, TrainingRunStatus.Failed), (end, state.Status));
        Assert.Equal(0, await account.MessagesAsync());
        Assert.Null(await account.FindAsync(Containers.Models, "idc-wrn-10-1/6.1.0/training-run"));

        // Time goes on from what was spent before; nothing is fetched for a run without any left.
        Assert.InRange((await account.ProgressAsync(id))!.SpentSeconds, 3595, 3700);
        var next = await account.AskAsync(JobAccount.Small("nowhere", "6.1.1"));
        await account.PutAsync(BlobNames.TrainingFile(next, "progress.json"), new TrainingReport("training", null, TimeProvider.System.GetUtcNow(), SpentSeconds: 3600, 0, [], null));
        await account.RunAsync(mostHours: 1);
        Assert.Contains("longer than 1 h,", (await account.StateAsync(next))!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_another_unfinished_run_makes_is_left_to_it()
    {
        var account = Account;
        const string Reservation = "idc-wrn-10-1/3.5.0/training-run";
        await account.Container(Containers.Models).GetBlobClient(Reservation).UploadAsync(BinaryData.FromString("20260101-000000-00000009"), Token);
        var id = await account.AskAsync(JobAccount.Small("nowhere", "3.5.0"));

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        var state = (await account.StateAsync(id))!;
        Assert.Equal(TrainingRunStatus.Failed, state.Status);
        Assert.Contains("is being made by the training run 20260101-000000-00000009", state.Reason, StringComparison.Ordinal);
        Assert.Equal("20260101-000000-00000009", Encoding.UTF8.GetString((await account.FindAsync(Containers.Models, Reservation))!));
    }

    /// <summary>Downloads that a killed start left behind.</summary>
    [Fact]
    public async Task Patches_that_were_taken_out_of_a_data_set_are_not_packed()
    {
        var account = Account;
        await account.UploadDatasetAsync("shrunk", perClass: 1);
        SyntheticPatches.Write(temporary.At("work", "datasets", "shrunk"), ["gone"], 1);
        await account.AskAsync(new TrainingRunRequest { Dataset = "shrunk", IntakeOnly = true });

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        var intake = System.Text.Json.JsonSerializer.Deserialize<DatasetIntake>((await account.FindAsync(Containers.Datasets, BlobNames.DatasetIntake("shrunk")))!, TrainingJson.Options)!;
        Assert.Equal((8, 16), (intake.Report.Cases, intake.Report.Patches));
    }

    [Fact]
    public async Task A_second_trainer_leaves_the_message()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small("nowhere", "4.0.0"));
        var held = account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingLock(id));
        await held.UploadAsync(BinaryData.Empty, Token);
        await held.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(15), cancellationToken: Token);

        Assert.Equal(JobEnd.LeftToOthers, await account.RunAsync());

        Assert.Equal(1, await account.MessagesAsync());
        Assert.Null(await account.StateAsync(id));
    }

    [Fact]
    public async Task A_run_is_cancelled_while_it_trains_and_its_version_is_free_again()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small(await account.UploadDatasetAsync("cancelled"), "5.0.0", epochs: 1000));

        var running = account.RunAsync();
        await account.WaitForCheckpointAsync(id);
        Assert.NotNull(await account.FindAsync(Containers.Models, "idc-wrn-10-1/5.0.0/training-run"));
        await account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingCancel(id)).UploadAsync(BinaryData.Empty, Token);

        Assert.Equal(JobEnd.Done, await running);
        Assert.Equal((TrainingRunStatus.Cancelled, 0), ((await account.StateAsync(id))!.Status, await account.MessagesAsync()));
        Assert.Null(await account.FindAsync(Containers.Models, "idc-wrn-10-1/5.0.0/training-run"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_before_it_starts_does_nothing()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small("nowhere", "5.1.0"));
        await account.Container(Containers.TrainingRuns).GetBlobClient(BlobNames.TrainingCancel(id)).UploadAsync(BinaryData.Empty, Token);

        await account.RunAsync();

        Assert.Equal(TrainingRunStatus.Cancelled, (await account.StateAsync(id))!.Status);
    }

    [Fact]
    public async Task Five_starts_without_getting_further_fail_the_run_with_the_last_reason()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small("nowhere", "6.0.0"));
        await account.PutAsync(BlobNames.TrainingState(id), new TrainingRunState(TrainingRunStatus.Interrupted, "IOException: No space left on device", TimeProvider.System.GetUtcNow(), 5, 0));

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        var state = (await account.StateAsync(id))!;
        Assert.Equal(TrainingRunStatus.Failed, state.Status);
        Assert.Contains("5 times without getting further", state.Reason, StringComparison.Ordinal);
        Assert.Contains("No space left on device", state.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await account.MessagesAsync());
    }

    /// <summary>The data set is not even there: nothing was looked for before the request was found wanting.</summary>
    [Fact]
    public async Task All_faults_of_a_request_are_told_before_anything_starts()
    {
        var account = Account;
        var request = JobAccount.Small("nowhere", "../7");
        var id = await account.AskAsync(request with { ValidationShare = 0.9, Options = request.Options with { Epochs = 0, Depth = 17, FrozenGroups = 1 } });

        await account.RunAsync();

        var state = (await account.StateAsync(id))!;
        Assert.Equal(TrainingRunStatus.Failed, state.Status);
        foreach (var fault in (string[])["options.epochs", "options.depth", "options.frozenGroups", "modelVersion", "validationShare"])
        {
            Assert.Contains($"{fault}: ", state.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_data_set_that_is_not_there_fails_the_run()
    {
        var account = Account;
        var id = await account.AskAsync(JobAccount.Small("nowhere", "8.0.0"));

        await account.RunAsync();

        Assert.Contains("There is no data set 'nowhere'", (await account.StateAsync(id))!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_can_not_be_read_is_kept_aside()
    {
        var account = Account;
        await account.Queue.ClearMessagesAsync(Token);
        await account.SendAsync("no message");

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        Assert.Equal(0, await account.MessagesAsync());
        Assert.Contains("no message", await KeptAsideAsync(account));
        Assert.Equal(JobEnd.NothingToDo, await account.RunAsync());
    }

    /// <summary>The client throws at what it can't decode: such a message once started the job again and again.</summary>
    [Fact]
    public async Task A_message_that_is_no_base64_is_kept_aside()
    {
        var account = Account;
        await account.Queue.ClearMessagesAsync(Token);
        await new QueueClient(azurite.ConnectionString, Queues.TrainingRuns).SendMessageAsync("<by hand>", Token);

        Assert.Equal(JobEnd.Done, await account.RunAsync());

        Assert.Equal(0, await account.MessagesAsync());
        Assert.Contains("<by hand>", await KeptAsideAsync(account));
    }

    /// <summary>Each change of a data set once left a pack of up to two gigabytes on the machine.</summary>
    [Fact]
    public async Task A_machine_keeps_no_pack_but_the_last()
    {
        var account = Account;
        await account.UploadDatasetAsync("growing", perClass: 1);
        await account.AskAsync(new TrainingRunRequest { Dataset = "growing", IntakeOnly = true });
        await account.RunAsync();
        var first = Assert.Single(Directory.GetFiles(temporary.At("work", "packs")));
        File.Copy(first, $"{first}.99999999");
        await account.UploadDatasetAsync("growing", perClass: 2);
        await account.AskAsync(new TrainingRunRequest { Dataset = "growing", IntakeOnly = true });

        await account.RunAsync();

        Assert.NotEqual(first, Assert.Single(Directory.GetFiles(temporary.At("work", "packs"))));
    }

    [Fact]
    public async Task A_message_of_a_newer_program_stays()
    {
        var account = Account;
        await account.Queue.ClearMessagesAsync(Token);
        await account.SendAsync("""{"v":99,"id":"20260101-000000-00000000"}""");

        Assert.Equal(JobEnd.LeftToOthers, await account.RunAsync());
        Assert.Equal(1, await account.MessagesAsync());
    }

    /// <summary>Files and zips of a data set are one; the next intake of it takes the pack, and corrected slides are only trained on.</summary>
    [Fact]
    public async Task A_data_set_is_taken_in_once_with_its_corrections()
    {
        var account = Account;
        await account.UploadDatasetAsync("mixed");
        var corrected = SyntheticPatches.Write(temporary.At("corrected"), ["a.svs"], 2);
        File.WriteAllText(Path.Combine(corrected, "corrections.csv"), "slide,run\na.svs,0123456789abcdef\n");
        ZipFile.CreateFromDirectory(corrected, temporary.At("corrected.zip"));
        await account.Container(Containers.Datasets).GetBlobClient("mixed/corrected-patches.zip").UploadAsync(temporary.At("corrected.zip"), Token);
        var first = await account.AskAsync(new TrainingRunRequest { Dataset = "mixed", IntakeOnly = true });
        await account.RunAsync();
        Assert.Equal(TrainingRunStatus.Succeeded, (await account.StateAsync(first))!.Status);

        var intake = System.Text.Json.JsonSerializer.Deserialize<DatasetIntake>((await account.FindAsync(Containers.Datasets, BlobNames.DatasetIntake("mixed")))!, TrainingJson.Options)!;
        Assert.Equal((9, 68), (intake.Report.Cases, intake.Report.Patches));
        Assert.Equal(["a.svs"], intake.Report.CorrectedCases);
        Assert.NotNull(await account.FindAsync(Containers.Datasets, BlobNames.DatasetPack("mixed", intake.Fingerprint)));

        // Another machine: the pack is fetched, not made.
        Directory.Delete(temporary.At("work"), recursive: true);
        var share = await account.AskAsync(JobAccount.Small("mixed", "9.0.0", epochs: 1) with { ValidationShare = 0.5 });
        await account.RunAsync();
        var split = (await account.FindAsync(Containers.TrainingRuns, BlobNames.TrainingFile(share, "split.json")))!;
        Assert.Contains("a.svs", Encoding.UTF8.GetString(split).Split("\"validation\"")[0], StringComparison.Ordinal);

        // Naming it for validation is an error.
        var leaked = await account.AskAsync(JobAccount.Small("mixed", "9.0.1") with { TrainingCases = ["1", "2"], ValidationCases = ["3", "a.svs"] });
        await account.RunAsync();
        Assert.Contains("a.svs were corrected by a reviewer", (await account.StateAsync(leaked))!.Reason, StringComparison.Ordinal);
    }

    private static async Task<List<string>> KeptAsideAsync(JobAccount account)
    {
        var kept = new List<string>();
        await foreach (var blob in account.Container(Containers.Poison).GetBlobsAsync(BlobTraits.None, BlobStates.None, $"{Queues.TrainingRuns}/", Token))
        {
            kept.Add(Encoding.UTF8.GetString((await account.FindAsync(Containers.Poison, blob.Name))!));
        }

        return kept;
    }

    private Process Start() => Start(new Dictionary<string, string> { ["Slides"] = azurite.ConnectionString });

    private Process Start(IReadOnlyDictionary<string, string> settings)
    {
        var start = TrainingProgram.StartInfo("job", "--work", temporary.At("other-machine"));
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
