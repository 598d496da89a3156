using System.Collections.Immutable;
using IdcFunctions.Slides;
using Spectre.Console;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Works on several slides at once and tells on standard error how far it is.</summary>
public sealed class ScoreProgress
{
    private const int SlidesAtOnce = 8;

    private readonly IAnsiConsole console = Terminal.Errors();
    private readonly Lock gate = new();

    /// <summary>Works on the slides; the reports are in their order.</summary>
    /// <param name="slides">The slides.</param>
    /// <param name="work">Works on one; gets what to call with what it is doing, and is cancelled where another ends with an error.</param>
    /// <param name="failure">Ends with an error when nothing can go on.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ImmutableArray<SlideReport>> RunAsync(
        ImmutableArray<SlideFile> slides,
        Func<SlideFile, Action<string>, CancellationToken, Task<SlideReport>> work,
        Task failure,
        CancellationToken cancellationToken)
    {
        var reports = new SlideReport[slides.Length];
        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            await WorkAsync(static (_, _) => { }, static _ => { });
            return [.. reports];
        }

        await console.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            var all = context.AddTask($"{slides.Length} slides", maxValue: slides.Length);
            await WorkAsync(
                (slide, doing) => all.Description = Markup.Escape($"{slide.Name}: {doing}"),
                _ => all.Increment(1));
        });
        return [.. reports];

        async Task WorkAsync(Action<SlideFile, string> tell, Action<SlideReport> finished)
        {
            var limits = new ParallelOptions { MaxDegreeOfParallelism = SlidesAtOnce, CancellationToken = cancellationToken };
            var working = Parallel.ForAsync(0, slides.Length, limits, async (i, token) =>
            {
                var slide = slides[i];
                try
                {
                    reports[i] = await work(slide, doing => tell(slide, doing), token);
                }
                catch (SlideRefusedException refused)
                {
                    reports[i] = SlideReport.Refused(slide, refused.Failure);
                }

                finished(reports[i]);
                TellEnd(reports[i]);
            });
            await await Task.WhenAny(working, failure);
        }
    }

    private void TellEnd(SlideReport report)
    {
        lock (gate)
        {
            console.MarkupLineInterpolated(report.IsComplete
                ? (FormattableString)
                    $"{report.Slide}: {report.Patches} patches, {report.TumourAreaMm2:0.##} mm² of predicted IDC, {report.Seconds?.Total:0.0} s"
                : $"[red]{report.Reason} {report.Remedy}[/]");
        }
    }
}
