using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdcFunctions.Training.Data;

/// <summary>Which cases are trained on and which are only evaluated. A case is on both sides only where <see cref="Leak"/> says so.</summary>
/// <param name="Training">Cases to train on.</param>
/// <param name="Validation">Cases to choose, calibrate and evaluate on.</param>
public sealed record CaseSplit(IReadOnlySet<string> Training, IReadOnlySet<string> Validation)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Null for a split by case; else patches of the same cases are on both sides, and its figures are too good.</summary>
    public PatchLeak? Leak { get; private init; }

    /// <summary>
    /// True where nothing but the user's word says that weights were trained on none of the validation cases. It is passed
    /// on to what begins with them.
    /// </summary>
    public bool IsOnlyStated { get; init; }

    /// <summary>Cases of neither side that the weights it began with were trained on: what comes of it can't be evaluated on them.</summary>
    public IReadOnlySet<string> Inherited { get; private init; } = ImmutableHashSet<string>.Empty;

    /// <summary>
    /// SHA-256 of both sorted lists, an id a line and an empty line between them, then the leak and the inherited cases
    /// where there are any; lower-case hex.
    /// </summary>
    public string Sha256
    {
        get
        {
            var lists = new List<string> { string.Join('\n', Sorted(Training)), string.Join('\n', Sorted(Validation)) };
            if (Leak is not null)
            {
                lists.Add(JsonSerializer.Serialize(Leak, Json));
            }

            if (Inherited.Count > 0)
            {
                lists.Add(string.Join('\n', Sorted(Inherited)));
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join("\n\n", lists))));
        }
    }

    /// <summary>Reads lists of cases, one id a line.</summary>
    /// <exception cref="DatasetException">Lists can't be read or are empty, or a case stands on both sides.</exception>
    public static CaseSplit FromFiles(IEnumerable<string> training, string validation)
    {
        var faults = new List<string>();
        var (trained, validated) = (training.SelectMany(path => ReadList(path, faults)).ToHashSet(), ReadList(validation, faults).ToHashSet());
        return faults.Count == 0 ? new CaseSplit(trained, validated).Checked() : throw new DatasetException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>
    /// Reads the lists of a published split by their names: <c>cases_train.txt</c>, with <c>cases_extended.txt</c> where
    /// it is there, and <c>cases_val.txt</c>. Test cases are not looked at.
    /// </summary>
    /// <exception cref="DatasetException">A list can't be read or is empty, or a case stands on both sides.</exception>
    public static CaseSplit FromFolder(string folder)
    {
        var (training, extended) = (Path.Combine(folder, "cases_train.txt"), Path.Combine(folder, "cases_extended.txt"));
        var validation = Path.Combine(folder, "cases_val.txt");
        return FromFiles(File.Exists(extended) ? [training, extended] : [training], validation);
    }

    /// <summary>Draws the cases to validate on: one out of each stretch of cases with a like share of IDC, so that both sides are alike.</summary>
    /// <param name="cases">All cases, in any order.</param>
    /// <param name="share">Share of the cases to validate on, above 0 and at most 0.5; at least one case whatever it is.</param>
    /// <param name="seed">The same seed draws the same split of the same cases.</param>
    /// <param name="earlier">The split of the weights to begin with, whose cases are not validated on; null for random weights.</param>
    /// <exception cref="DatasetException">There is only one case, or none that can be validated on.</exception>
    public static CaseSplit Draw(IReadOnlyList<CaseCount> cases, double share, int seed, CaseSplit? earlier = null)
    {
        var (onlyTrained, others) = Parted(cases, item => item.IsCorrected || earlier?.Knows(item.Case) == true);
        if (cases.Count < 2 || others.Count == 0)
        {
            var corrected = cases.Count(item => item.IsCorrected);
            throw new DatasetException(
                $"The data set holds {cases.Count} case(s), {corrected} of them corrected by a reviewer and so never evaluated on"
                + (earlier is null ? "" : $", {onlyTrained.Count - corrected} that the weights to begin with were trained on")
                + ", and patches of one case can't be on both sides. Add cases.");
        }

        var sorted = others.OrderBy(item => item.IdcShare).ThenBy(item => item.Case, StringComparer.Ordinal).Select(item => item.Case).ToList();
        var strata = Math.Clamp((int)Math.Round(share * sorted.Count), 1, Math.Max(1, sorted.Count - 1));
        var random = new Random(seed);
        var validation = Enumerable.Range(0, strata)
            .Select(stratum => sorted[random.Next(stratum * sorted.Count / strata, (stratum + 1) * sorted.Count / strata)])
            .ToHashSet();
        var split = new CaseSplit(sorted.Where(id => !validation.Contains(id)).Concat(onlyTrained).ToHashSet(), validation).Checked();
        return earlier is null ? split : split.BegunWith(earlier);
    }

    /// <summary>Splits the cases into folds of a like share of IDC; each fold is validated on once, by a training on the others.</summary>
    /// <param name="cases">All cases, in any order.</param>
    /// <param name="folds">Number of folds, 2 to the number of cases.</param>
    /// <param name="seed">The same seed draws the same folds of the same cases.</param>
    /// <exception cref="DatasetException">There are fewer cases than folds, or a side of a fold would hold one class only.</exception>
    public static IReadOnlyList<CaseSplit> Folds(IReadOnlyList<CaseCount> cases, int folds, int seed)
    {
        var (corrected, others) = Parted(cases, item => item.IsCorrected);
        if (others.Count < folds)
        {
            throw new DatasetException($"{others.Count} cases can't be split into {folds} folds. Ask for fewer.");
        }

        var random = new Random(seed);
        var foldOf = others.OrderBy(item => item.IdcShare).ThenBy(item => item.Case, StringComparer.Ordinal).Chunk(folds)
            .SelectMany(alike => Shuffled(folds, random).Zip(alike, (fold, item) => (fold, item.Case))).ToList();
        List<CaseSplit> splits = [.. Enumerable.Range(0, folds).Select(fold => new CaseSplit(
            foldOf.Where(item => item.fold != fold).Select(item => item.Case).Concat(corrected).ToHashSet(),
            foldOf.Where(item => item.fold == fold).Select(item => item.Case).ToHashSet()).Checked())];
        var faults = splits.Index().SelectMany(fold => new[] { (Side: fold.Item.Training, Use: "trained"), (Side: fold.Item.Validation, Use: "validated") }
            .Where(side => IsOneClass(cases.Where(item => side.Side.Contains(item.Case)))).Select(side => $"fold {fold.Index + 1} would be {side.Use} on patches of one class")).ToList();
        return faults.Count == 0
            ? splits
            : throw new DatasetException(
                $"Of {folds} folds, {string.Join(", ", faults)}, and both are needed. Ask for fewer folds.");
    }

    /// <summary>
    /// Splits patch by patch, as many do: patches of one slide are on both sides, so that a network may recognise the
    /// slide. Only to show what that makes of the figures.
    /// </summary>
    public static CaseSplit Leaking(IReadOnlyList<CaseCount> cases, PatchLeak leak)
    {
        var all = cases.Select(item => item.Case).ToHashSet();
        return new CaseSplit(all, all) { Leak = leak }.Checked();
    }

    /// <summary>True where the network that comes of it has been trained on a case, be it by an earlier training.</summary>
    public bool Knows(string patientCase) => Training.Contains(patientCase) || Inherited.Contains(patientCase);

    /// <summary>
    /// The same split of a training that begins with the weights of an earlier one: those may not have been trained on
    /// what it validates on.
    /// </summary>
    /// <exception cref="DatasetException">They were.</exception>
    public CaseSplit BegunWith(CaseSplit earlier) =>
        Sorted(Validation.Where(earlier.Knows)).Take(10).ToList() is { Count: > 0 } known
            ? throw new DatasetException(
                $"The weights to begin with were trained on the cases {string.Join(", ", known)}, which are to be validated on. "
                + "Take these out of the validation list.")
            : this with { Inherited = earlier.Training.Concat(earlier.Inherited).Except(Training).ToHashSet(), IsOnlyStated = earlier.IsOnlyStated };

    /// <summary>True where the data set holds every case of both sides.</summary>
    public bool IsOf(IReadOnlyList<CaseCount> cases) => cases.Select(item => item.Case).ToHashSet().IsSupersetOf(Training.Concat(Validation));

    /// <summary>The patches of both sides.</summary>
    /// <exception cref="DatasetException">A case is missing.</exception>
    public (PatchDataset Training, PatchDataset Validation) Of(PatchPack pack)
    {
        var corrected = pack.Report.CorrectedCases;
        if (Leak is null)
        {
            if (corrected.Intersect(Validation).ToList() is { Count: > 0 } evaluated)
            {
                throw new DatasetException(
                    $"The cases {string.Join(", ", evaluated)} were corrected by a reviewer who saw a model's result: they are never evaluated on. "
                    + "Take them out of the validation list.");
            }

            return (pack.Select(Training), pack.Select(Validation));
        }

        var random = new Random(Leak.Seed);
        var validation = pack.Patches.Where(patch => random.NextDouble() < Leak.Share && !corrected.Contains(patch.Case)).ToHashSet();
        return (pack.Select(patch => !validation.Contains(patch)), pack.Select(validation.Contains));
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="DatasetException">It can't be read, was changed by hand, has an empty side or a case on both.</exception>
    public static CaseSplit FromJsonFile(string path)
    {
        SplitFile file;
        try
        {
            file = JsonSerializer.Deserialize<SplitFile>(File.ReadAllBytes(path), Json)!;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path}: the split can't be read: {exception.Message} Give the case lists instead.");
        }

        var split = new CaseSplit(file.Training.ToHashSet(), file.Validation.ToHashSet())
        {
            Leak = file.Leak,
            Inherited = file.Inherited?.ToHashSet() ?? [],
            IsOnlyStated = file.OnlyStated == true,
        }.Checked();
        return split.Sha256 == file.Sha256
            ? split
            : throw new DatasetException(
                $"{path}: the lists have the SHA-256 {split.Sha256}, the file says {file.Sha256}: it was changed. Give the case lists instead.");
    }

    /// <summary>The lists, sorted, and their hash, which says nothing of <see cref="IsOnlyStated"/>.</summary>
    public string ToJson()
    {
        string[]? inherited = Inherited.Count == 0 ? null : [.. Sorted(Inherited)];
        var file = new SplitFile([.. Sorted(Training)], [.. Sorted(Validation)], inherited, Leak, IsOnlyStated ? true : null, Sha256);
        return JsonSerializer.Serialize(file, Json) + "\n";
    }

    private CaseSplit Checked()
    {
        var both = Sorted(Training.Intersect(Validation)).ToList();
        if (both.Count > 0 && Leak is null)
        {
            throw new DatasetException($"The cases {string.Join(", ", both)} are to be trained on and evaluated on. Take them out of one list.");
        }

        return Training.Count > 0 && Validation.Count > 0
            ? this
            : throw new DatasetException("A split needs at least one case to train on and one to evaluate on. Fill the empty list.");
    }

    private static bool IsOneClass(IEnumerable<CaseCount> cases)
    {
        var (patches, idc) = cases.Aggregate((Patches: 0, Idc: 0), (sum, item) => (sum.Patches + item.Patches, sum.Idc + item.IdcPatches));
        return idc == 0 || idc == patches;
    }

    /// <summary>The cases that may only be trained on, and the others.</summary>
    private static (List<string> OnlyTrained, List<CaseCount> Others) Parted(IReadOnlyList<CaseCount> cases, Func<CaseCount, bool> isOnlyTrained) =>
        ([.. cases.Where(isOnlyTrained).Select(item => item.Case)], [.. cases.Where(item => !isOnlyTrained(item))]);

    private static List<string> ReadList(string path, List<string> faults)
    {
        try
        {
            return [.. File.ReadLines(path).Select(line => line.Trim()).Where(id => id.Length > 0)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: the list of cases can't be read: {exception.Message} Name a text file with a case id a line.");
            return [];
        }
    }

    private static IOrderedEnumerable<string> Sorted(IEnumerable<string> ids) => ids.Order(StringComparer.Ordinal);

    private static int[] Shuffled(int count, Random random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return order;
    }

    private sealed record SplitFile(string[] Training, string[] Validation, string[]? Inherited, PatchLeak? Leak, bool? OnlyStated, string Sha256);
}
