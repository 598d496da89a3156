using System.Globalization;
using System.Text;
using NetVips;

namespace IdcFunctions.Training.Reporting;

/// <summary>A small square plot, as inline SVG or as PNG: both axes from 0 to 1 unless told otherwise.</summary>
/// <param name="title">Its title.</param>
/// <param name="xName">What the x axis shows.</param>
/// <param name="yName">What the y axis shows.</param>
/// <param name="most">The end of both axes.</param>
public sealed class SvgPlot(string title, string xName, string yName, double most = 1)
{
    private const int Side = 300;
    private const int Margin = 45;
    private const int PngMagnification = 2;
    private const string Namespace = "<svg xmlns=\"http://www.w3.org/2000/svg\" ";

    private static readonly Lazy<bool> DrawsText = new(() => !Drawn('i').AsSpan().SequenceEqual(Drawn('W')));

    private readonly StringBuilder marks = new();

    /// <summary>Whether a PNG has text: it is drawn in the machine's fonts, and where there is none every letter is the same box.</summary>
    public static bool HasFont => DrawsText.Value;

    /// <summary>Adds a line through points.</summary>
    public SvgPlot Line(IEnumerable<(double X, double Y)> points, string colour)
    {
        marks.Append(
            CultureInfo.InvariantCulture,
            $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(At))}\"/>");
        return this;
    }

    /// <summary>Adds a dot a point.</summary>
    public SvgPlot Dots(IEnumerable<(double X, double Y)> points, string colour)
    {
        foreach (var (x, y) in points)
        {
            marks.Append(CultureInfo.InvariantCulture, $"<circle r=\"3.5\" fill=\"{colour}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\"/>");
        }

        return this;
    }

    /// <summary>Adds the diagonal, where prediction and truth agree.</summary>
    public SvgPlot Diagonal() => Line([(0, 0), (most, most)], "#bbb");

    /// <inheritdoc/>
    public override string ToString()
    {
        const int Size = Side + (2 * Margin);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Size} {Size}\" width=\"{Size}\" role=\"img\" aria-label=\"{title}\" font-size=\"12\" font-family=\"sans-serif\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Size / 2}\" y=\"20\" text-anchor=\"middle\" font-weight=\"bold\">{title}</text>");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{Side}\" height=\"{Side}\" fill=\"none\" stroke=\"#888\"/>");
        foreach (var share in (double[])[0, 0.25, 0.5, 0.75, 1])
        {
            var label = (share * most).ToString("0.##", CultureInfo.InvariantCulture);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(share * most):0.#}\" y=\"{Margin + Side + 15}\" text-anchor=\"middle\">{label}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin - 5}\" y=\"{Y(share * most) + 4:0.#}\" text-anchor=\"end\">{label}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Size / 2}\" y=\"{Size - 10}\" text-anchor=\"middle\">{xName}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(12 {Size / 2}) rotate(-90)\" text-anchor=\"middle\">{yName}</text>");
        return svg.Append(marks).Append("</svg>").ToString();
    }

    /// <summary>The plot on white, twice as large as the SVG.</summary>
    public byte[] ToPng()
    {
        // Within HTML an SVG needs no namespace; a file of its own does.
        using var svg = Image.SvgloadBuffer(Encoding.UTF8.GetBytes(ToString().Replace("<svg ", Namespace, StringComparison.Ordinal)), scale: PngMagnification);
        using var onWhite = svg.Flatten(background: [255.0]);
        return onWhite.PngsaveBuffer();
    }

    private static byte[] Drawn(char letter)
    {
        using var text = Image.SvgloadBuffer(Encoding.UTF8.GetBytes(
            $"{Namespace}width=\"20\" height=\"20\"><text y=\"15\" font-family=\"sans-serif\">{letter}</text></svg>"));
        return text.WriteToMemory<byte>();
    }

    private string At((double X, double Y) point) => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.#},{Y(point.Y):0.#}");

    private double X(double value) => Margin + (Side * value / most);

    private double Y(double value) => Margin + Side - (Side * value / most);
}
