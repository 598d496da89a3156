using System.Text;
using IdcFunctions.Fixtures;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.EndToEnd.Tests;

/// <summary>A line on which every route finds something: a slide with runs of two models, one that failed, one that is or was deleted, a data set, a training with a report. The app has the roles that it has in Azure, and no key.</summary>
public sealed class RoutesLine() : LineFixture(new LineOptions { IsKeyless = true })
{
    /// <summary>The slide that has a result.</summary>
    public const string Name = "routes.tif";

    /// <summary>The slide that failed.</summary>
    public const string Bad = "bad.tif";

    /// <summary>The slide that is deleted and restored.</summary>
    public const string Gone = "gone.tif";

    /// <summary>The data set.</summary>
    public const string Dataset = "set";

    /// <summary>The training.</summary>
    public const string Training = "20260101-000000-0123abcd";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await PutAsync(Containers.Datasets, $"{Dataset}/1.zip", "zip");
        await PutAsync(Containers.TrainingRuns, $"{Training}/request.json", """{"dataset":"set","modelVersion":"5.0.0"}""");
        await PutAsync(Containers.TrainingRuns, $"{Training}/report.html", "<html></html>");

        var slide = SyntheticSlide.OfTissue(600, 500, 4, 31).ToLibvipsPyramid(4);
        await Line.DropAsync(Name, slide);
        await Line.DropAsync(Gone, slide);
        await Line.DropAsync(Bad, "no slide"u8.ToArray());
        await Line.WaitForAsync(Name, nameof(RunState.Complete));
        await Line.WaitForAsync(Gone, nameof(RunState.Complete));
        await Line.WaitForAsync(Bad, nameof(RunState.Failed));
        var model = new ToyModel("2.0.0", slope: -12);
        await model.PublishAsync(Line.ConnectionString, Token);
        await model.ActivateAsync(Line.ConnectionString, Token);
        using var rescored = await Line.PostAsync(Name, "rescore");
        await Eventually.HoldsAsync(() => Line.Log, async () =>
            await Line.FindAsync(Name) is { } answer && answer.GetProperty("status").GetString() == nameof(RunState.Complete) && answer.GetProperty("model").GetString() == "toy 2.0.0");
        await Line.WaitUntilIdleAsync();
    }

    /// <summary>The published run of the slide that has one, and its first patch.</summary>
    public async Task<(string Run, string Patch)> PublishedAsync()
    {
        var csv = Encoding.UTF8.GetString(await Line.GetExportAsync(Name, "patches.csv")).Split('\n')[1].Split(',');
        return ((await Line.FindAsync(Name))!.Value.GetProperty("run").GetString()!, $"{csv[5].PadLeft(5, '0')}-{csv[6].PadLeft(5, '0')}");
    }

    private async Task PutAsync(string container, string name, string content) => await Line.Container(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), Token);
}
