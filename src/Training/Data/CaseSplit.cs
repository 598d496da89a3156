namespace IdcFunctions.Training.Data;

/// <summary>Which cases are trained on and which are only evaluated. A case is never on both sides.</summary>
/// <param name="Training">Cases to train on.</param>
/// <param name="Validation">Cases to choose, calibrate and evaluate on.</param>
public sealed record CaseSplit(IReadOnlySet<string> Training, IReadOnlySet<string> Validation)
{
    /// <summary>Reads lists of cases, one id a line.</summary>
    /// <exception cref="DatasetException">A list is empty, or a case stands on both sides.</exception>
    public static CaseSplit FromFiles(IEnumerable<string> training, string validation)
    {
        var split = new CaseSplit(training.SelectMany(File.ReadLines).Select(Clean).Where(id => id.Length > 0).ToHashSet(), File.ReadLines(validation).Select(Clean).Where(id => id.Length > 0).ToHashSet());
        split.Check();
        return split;
    }

    /// <summary>Throws where the split leaks or has an empty side.</summary>
    /// <exception cref="DatasetException">It does.</exception>
    public void Check()
    {
        var both = Training.Intersect(Validation).Order(StringComparer.Ordinal).ToList();
        if (both.Count > 0)
        {
            throw new DatasetException($"The cases {string.Join(", ", both)} are to be trained on and evaluated on. Take them out of one list.");
        }

        if (Training.Count == 0 || Validation.Count == 0)
        {
            throw new DatasetException("A split needs at least one case to train on and one to evaluate on.");
        }
    }

    private static string Clean(string line) => line.Trim();
}
