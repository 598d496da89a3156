using System.Globalization;
using System.Net;
using System.Text;
using IdcFunctions.Training.Artefact;
using IdcFunctions.Training.Evaluation;

namespace IdcFunctions.Training.Reporting;

/// <summary>The evaluation as one HTML file that needs nothing beside it: figures, plots, cases, the worst errors.</summary>
public static class ReportHtml
{
    /// <summary>Writes the report.</summary>
    /// <param name="target">The model's name and version.</param>
    /// <param name="provenance">What it was made from.</param>
    /// <param name="evaluation">What was measured.</param>
    /// <param name="probabilities">Calibrated probabilities of the validation patches.</param>
    public static string Write(ModelTarget target, Provenance provenance, ModelEvaluation evaluation, IReadOnlyList<float> probabilities)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>{{target.Name}} {{target.Version}}</title>
            <style>body{font:15px/1.5 sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:right}td:first-child,th:first-child{text-align:left}.leak{background:#fdd;padding:1em}svg{margin:.5em}</style>
            <h1>{{target.Name}} {{target.Version}}: evaluation</h1>
            <p>Research use only. {{provenance.Split.Validation.Count}} validation cases, {{provenance.Validation.Patches.Count}} patches; {{Choices.Made(provenance)}} were chosen on them, so the figures are a little too good.{{Choices.Before(provenance)}}</p>

            """);
        if (provenance.Split.Leak is { } leak)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p class=\"leak\"><b>These figures leak.</b> The split is patch by patch ({leak.Share:0.##} of the patches validated on): "
                + $"patches of the same slides were trained on. On other patients the model will be worse.</p>\n");
        }

        if (provenance.NearDuplicatesAcross is > 0 and var across)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p class=\"leak\"><b>The sides share look-alikes.</b> At least {across} pairs of near-duplicates have one patch that was trained on and one that was validated on: "
                + $"a slide may stand under two case ids, and the figures may be too good. "
                + $"They stand in <code>{TrainingResults.Intake}</code>.</p>\n");
        }
        else
        {
            html.Append("<p>Near-duplicates across the two sides of the split: none found.</p>\n");
        }

        Figures(html, evaluation);
        Plots(html, evaluation, provenance.Epochs);
        Cases(html, evaluation);
        Errors(html, "Worst false positives", provenance, evaluation, probabilities, isIdc: false);
        Errors(html, "Worst false negatives", provenance, evaluation, probabilities, isIdc: true);
        Intake(html, provenance);
        return html.ToString();
    }

    private static void Figures(StringBuilder html, ModelEvaluation evaluation)
    {
        html.Append(
            CultureInfo.InvariantCulture,
            $"<h2>Figures, with 95 % intervals over cases</h2><table><tr><th></th><th>at the threshold {evaluation.Threshold:0.00}</th>"
            + $"<th>at 0.5</th><th>at 0.5, before calibration</th></tr>\n");
        foreach (var (name, value) in Metrics.Figures)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td>{With(evaluation.AtThreshold, value)}</td><td>{With(evaluation.AtHalf, value)}</td><td>{With(evaluation.Uncalibrated, value)}</td></tr>\n");
        }

        var c = evaluation.Confusion;
        html.Append(CultureInfo.InvariantCulture, $"""
            </table><h2>Confusion matrix at the threshold</h2><table><tr><th></th><th>called IDC</th><th>called non-IDC</th></tr>
            <tr><td>IDC</td><td>{c.TruePositives}</td><td>{c.FalseNegatives}</td></tr><tr><td>non-IDC</td><td>{c.FalsePositives}</td><td>{c.TrueNegatives}</td></tr></table>

            """);
    }

    private static void Plots(StringBuilder html, ModelEvaluation evaluation, IReadOnlyList<EpochResult> epochs)
    {
        var plots = EvaluationPlots.Of(evaluation);
        html.Append(
            CultureInfo.InvariantCulture,
            $"<h2>Plots</h2><p>The points are in <code>{TrainingResults.Evaluation}</code>; "
            + $"the first three plots are beside it as {string.Join(", ", plots.Select(plot => $"<code>{plot.File}</code>"))}.</p>\n");
        html.AppendJoin("", plots.Select(plot => plot.Plot));
        var most = Math.Max(0.1, evaluation.Cases.Max(item => Math.Max(item.IdcMm2, item.PredictedIdcMm2)));
        html.Append(new SvgPlot("Area of IDC, a dot a case", "labelled, mm²", "predicted, mm²", most).Diagonal().Dots(evaluation.Cases.Select(item => (item.IdcMm2, item.PredictedIdcMm2)), EvaluationPlots.Blue));
        if (epochs.Count > 1)
        {
            html.Append(new SvgPlot("Training loss (ochre), validation AUC", "share of the epochs", "").Line(epochs.Select(epoch => ((double)epoch.Epoch / epochs.Count, Math.Min(1, epoch.Loss))), EvaluationPlots.Ochre).Line(epochs.Select(epoch => ((double)epoch.Epoch / epochs.Count, epoch.Validation.Auc)), EvaluationPlots.Blue));
        }
    }

    private static void Cases(StringBuilder html, ModelEvaluation evaluation)
    {
        html.Append(
            "<h2>Cases</h2><p>Areas are those of the patches in the data set, not of the slide.</p>"
            + "<table><tr><th>case</th><th>patches</th><th>accuracy</th><th>balanced accuracy</th><th>AUC</th>"
            + "<th>IDC, mm²</th><th>predicted, mm²</th></tr>\n");
        foreach (var item in evaluation.Cases.OrderBy(item => item.BalancedAccuracy ?? item.Accuracy))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{WebUtility.HtmlEncode(item.Case)}</td><td>{item.Patches}</td><td>{item.Accuracy:0.000}</td><td>{item.BalancedAccuracy:0.000}</td><td>{item.Auc:0.000}</td><td>{item.IdcMm2:0.00}</td><td>{item.PredictedIdcMm2:0.00}</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static void Errors(StringBuilder html, string title, Provenance provenance, ModelEvaluation evaluation, IReadOnlyList<float> probabilities, bool isIdc)
    {
        var patches = provenance.Validation.Patches;
        var worst = WorstErrors.Of(provenance.Validation, probabilities, evaluation.Threshold, isIdc);
        if (worst.Count == 0)
        {
            return;
        }

        var names = worst.Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{patches[i].Case} at {patches[i].X},{patches[i].Y}: {probabilities[i]:0.00}"));
        html.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><p><img alt=\"{title}\" src=\"data:image/png;base64,{Convert.ToBase64String(ContactSheet.Png(provenance.Validation, worst))}\"></p><p><small>{WebUtility.HtmlEncode(string.Join("; ", names))}</small></p>\n");
    }

    private static void Intake(StringBuilder html, Provenance provenance) =>
        html.Append(CultureInfo.InvariantCulture, $"<h2>Data</h2><pre>{WebUtility.HtmlEncode(string.Join('\n', provenance.Intake.Lines()))}\nsplit SHA-256 {provenance.Split.Sha256}</pre></html>\n");

    private static string With(CaseEvaluation evaluation, Func<Metrics, double> value) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{value(evaluation.Point):0.000} ({value(evaluation.Low):0.000}–{value(evaluation.High):0.000})");
}
