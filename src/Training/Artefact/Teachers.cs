using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IdcFunctions.Scoring;
using IdcFunctions.Scoring.Models;
using IdcFunctions.Slides.Storage;
using IdcFunctions.Training.Data;

namespace IdcFunctions.Training.Artefact;

/// <summary>
/// Published models whose mean answer over all eight orientations a network learns beside the labels: what several
/// networks and eight looks at a patch know then costs one look at one network. Who was trained on a case knows its labels
/// by heart, wrong ones too: teachers that were not are asked about it, as far as there are any.
/// </summary>
public sealed class Teachers
{
    private const int PatchesAtOnce = 256;

    private readonly IReadOnlyList<Teacher> teachers;

    private Teachers(IReadOnlyList<Teacher> teachers) => this.teachers = teachers;

    /// <summary>The models, in the order given.</summary>
    public ImmutableArray<TeacherModel> Models => [.. teachers.Select(teacher => new TeacherModel(teacher.Manifest.ModelName, teacher.Manifest.ModelVersion, teacher.Manifest.Onnx.Sha256))];

    /// <summary>Finds the models.</summary>
    /// <param name="folders">Folders of model versions, as the training writes them.</param>
    /// <exception cref="ArgumentException">A folder holds no model, or nothing that says what its model was trained on.</exception>
    /// <exception cref="ModelRefusedException">A manifest can't be used.</exception>
    public static Teachers Find(IEnumerable<string> folders) => new([.. folders.Select(folder =>
    {
        var (manifest, split) = (Path.Combine(folder, BlobNames.ModelManifest), Path.Combine(folder, ModelArtefact.SplitFile));
        return File.Exists(manifest) && File.Exists(split)
            ? new Teacher(folder, ModelManifest.Parse(File.ReadAllBytes(manifest)), CaseSplit.FromJsonFile(split))
            : throw new ArgumentException(
                $"{folder}: a teacher is the folder of a model's version, with {BlobNames.ModelManifest} and {ModelArtefact.SplitFile}; "
                + "it has not both.");
    })]);

    /// <summary>A teacher that was trained on a case would tell its label to a network that is evaluated on it.</summary>
    /// <exception cref="ArgumentException">One was.</exception>
    public void ThrowIfTrainedOn(IReadOnlySet<string> validation)
    {
        foreach (var teacher in teachers)
        {
            if (validation.Where(teacher.Split.Knows).Order(StringComparer.Ordinal).FirstOrDefault() is { } known)
            {
                throw new ArgumentException(
                    $"{teacher.Folder}: this teacher was trained on case {known}, which this training is evaluated on. "
                    + "Take the split of the teacher's training, or another teacher.");
            }
        }
    }

    /// <summary>
    /// What the teachers say of patches: the mean over orientations and those teachers that were not trained on the patch's
    /// case, or over all where all were. A teacher's answers are kept, so that a training that goes on does not ask again.
    /// </summary>
    /// <param name="patches">The patches.</param>
    /// <param name="cache">Folder that keeps the answers.</param>
    /// <param name="options">How the teachers score.</param>
    /// <param name="log">Gets a line for each teacher that is asked.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>P(IDC) of each patch.</returns>
    /// <exception cref="ModelRefusedException">A teacher's files can't be used.</exception>
    public float[] Probabilities(PatchDataset patches, string cache, ScoringOptions options, TextWriter log, CancellationToken cancellationToken)
    {
        var mean = new float[patches.Patches.Count];
        var asked = patches.Patches.Select(patch => patch.Case).Distinct().ToDictionary(patientCase => patientCase, AskedAbout);
        foreach (var teacher in teachers)
        {
            int[] taught = [.. Enumerable.Range(0, mean.Length).Where(i => asked[patches.Patches[i].Case].Contains(teacher))];
            var answers = Kept(teacher, patches, taught, cache, options, log, cancellationToken);
            foreach (var (i, answer) in taught.Zip(answers))
            {
                mean[i] += answer / asked[patches.Patches[i].Case].Count;
            }
        }

        return mean;
    }

    private IReadOnlyList<Teacher> AskedAbout(string patientCase)
    {
        var unbiased = teachers.Where(teacher => !teacher.Split.Knows(patientCase)).ToList();
        return unbiased.Count > 0 ? unbiased : teachers;
    }

    private static float[] Kept(Teacher teacher, PatchDataset patches, int[] taught, string cache, ScoringOptions options, TextWriter log, CancellationToken cancellationToken)
    {
        var which = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(taught)));
        var file = Path.Combine(cache, $"{patches.Sha256[..16]}-{which[..16]}-{teacher.Manifest.Onnx.Sha256[..16]}.taught");
        if (File.Exists(file))
        {
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
        }

        log.WriteLine(
            $"teacher {teacher.Manifest.ModelName} {teacher.Manifest.ModelVersion}: "
            + $"scoring {taught.Length} patches in {OrientedScoring.Orientations} orientations");
        var answers = new float[taught.Length];
        using (var scorer = PatchScorer.LoadFolder(teacher.Folder, ScoringPrecision.Fp32, options))
        {
            var (spreads, pixels) = (new float[PatchesAtOnce], new byte[PatchesAtOnce * PatchDataset.PatchBytes]);
            for (var (start, told) = (0, 0); start < answers.Length; start += PatchesAtOnce)
            {
                var count = Math.Min(PatchesAtOnce, answers.Length - start);
                for (var i = 0; i < count; i++)
                {
                    patches.Pixels.AsSpan(taught[start + i] * PatchDataset.PatchBytes, PatchDataset.PatchBytes).CopyTo(pixels.AsSpan(i * PatchDataset.PatchBytes));
                }

                OrientedScoring.Score(
                    scorer, isOriented: true, pixels.AsMemory(0, count * PatchDataset.PatchBytes), answers.AsMemory(start, count), spreads.AsSpan(0, count), cancellationToken);
                if ((start + count) * 10L / answers.Length > told)
                {
                    told = (int)((start + count) * 10L / answers.Length);
                    log.WriteLine($"  {start + count} of {answers.Length}");
                }
            }
        }

        Directory.CreateDirectory(cache);
        WholeFile.Write(file, MemoryMarshal.AsBytes<float>(answers));
        return answers;
    }

    private sealed record Teacher(string Folder, ModelManifest Manifest, CaseSplit Split);
}
