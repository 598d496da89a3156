using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IdcFunctions.Training.Reporting;

/// <summary>Shows a training: in a terminal a live table with a bar and a curve of the loss, else a line or two an epoch.</summary>
/// <param name="epochs">Epochs to train.</param>
/// <param name="time">Clock that paces the terminal.</param>
/// <param name="log">Gets the lines.</param>
public sealed class TrainingDisplay(int epochs, TimeProvider time, TextWriter log)
{
    private const int RowsShown = 12;
    private const int BarWidth = 40;
    private const string Levels = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private long shown;
    private int logged = -1;

    /// <summary>Trains while showing: <paramref name="train"/> gets what shows a state.</summary>
    public T While<T>(Func<Action<TrainingSnapshot>, T> train)
    {
        if (Console.IsOutputRedirected || log != Console.Out)
        {
            return train(WriteLines);
        }

        return AnsiConsole.Live(new Text("")).Start(context => train(snapshot =>
        {
            if (shown == 0 || snapshot.Step == snapshot.Steps || time.GetElapsedTime(shown) >= Interval)
            {
                shown = time.GetTimestamp();
                context.UpdateTarget(Table(snapshot));
            }
        }));
    }

    /// <summary>A line at an epoch's end, and one at a resumption.</summary>
    private void WriteLines(TrainingSnapshot snapshot)
    {
        if (logged < 0)
        {
            logged = snapshot.Epochs.Length;
            if (snapshot.Step > 0)
            {
                log.WriteLine($"goes on after step {snapshot.Step} of {snapshot.Steps}");
            }
        }

        for (; logged < snapshot.Epochs.Length; logged++)
        {
            var epoch = snapshot.Epochs[logged];
            log.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {epoch.Epoch}/{epochs}  loss {epoch.Loss:0.0000}  {snapshot.PatchesPerSecond:0.0} patches/s  {Left(snapshot)} left"));
            log.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  validation: balanced accuracy {epoch.Validation.BalancedAccuracy:0.0000}, AUC {epoch.Validation.Auc:0.0000}, "
                + $"F1 {epoch.Validation.F1:0.0000}, ECE {epoch.Validation.Ece:0.0000}"));
        }
    }

    private Rows Table(TrainingSnapshot snapshot)
    {
        var table = new Table().AddColumns("epoch", "loss", "balanced accuracy", "AUC", "F1", "ECE");
        foreach (var epoch in snapshot.Epochs.TakeLast(RowsShown))
        {
            var v = epoch.Validation;
            table.AddRow([.. new[] { epoch.Loss, v.BalancedAccuracy, v.Auc, v.F1, v.Ece }.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)).Prepend($"{epoch.Epoch}/{epochs}")]);
        }

        var done = snapshot.Steps == 0 ? 0 : BarWidth * snapshot.Step / snapshot.Steps;
        return new Rows(
            (IRenderable)table,
            new Text($"loss {Curve([.. snapshot.Epochs.Select(epoch => epoch.Loss)])}"),
            new Text(string.Create(
                CultureInfo.InvariantCulture,
                $"{new string('━', done)}{new string('─', BarWidth - done)} step {snapshot.Step}/{snapshot.Steps}, loss {snapshot.Loss:0.0000}, "
                + $"{snapshot.PatchesPerSecond:0} patches/s, {Left(snapshot)} left")));
    }

    private static string Left(TrainingSnapshot snapshot)
    {
        var left = TimeSpan.FromSeconds(snapshot.SecondsLeft);
        return string.Create(CultureInfo.InvariantCulture, $"{(long)left.TotalHours}:{left:mm\\:ss}");
    }

    /// <summary>Values as blocks of eight heights, from the least to the greatest.</summary>
    public static string Curve(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            return "";
        }

        double low = values.Min(), span = Math.Max(1e-9, values.Max() - low);
        return string.Concat(values.Select(value => Levels[(int)Math.Round((value - low) / span * (Levels.Length - 1))]));
    }
}
