using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IdcFunctions.Training.Data;

/// <summary>Labelled 50×50 patches in memory.</summary>
/// <param name="patches">The patches.</param>
/// <param name="pixels">Their pixels: uint8 RGB, NHWC.</param>
public sealed class PatchDataset(IReadOnlyList<LabelledPatch> patches, byte[] pixels)
{
    /// <summary>A patch's side in pixels.</summary>
    public const int Side = 50;

    /// <summary>Bytes of a patch.</summary>
    public const int PatchBytes = Side * Side * 3;

    /// <summary>The patches, sorted by case, row and column.</summary>
    public IReadOnlyList<LabelledPatch> Patches { get; } = patches;

    /// <summary>Their pixels: uint8 RGB, NHWC.</summary>
    public byte[] Pixels { get; } = pixels;

    /// <summary>SHA-256 of the pixels, lower-case hex; computed once, of up to two gigabytes.</summary>
    public string Sha256 => field ??= Convert.ToHexStringLower(SHA256.HashData(Pixels));

    /// <summary>SHA-256 of each patch's case, place and label, a line each, and of <see cref="Sha256"/>; lower-case hex.</summary>
    public string LabelledSha256
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var patch in Patches)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{patch.Case} {patch.X} {patch.Y} {patch.IsIdc}\n")));
            }

            hash.AppendData(Encoding.UTF8.GetBytes(Sha256));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>Loads the patches of some cases, once; its pack is not kept.</summary>
    /// <param name="path">A folder or a zip.</param>
    /// <param name="cases">The cases wanted.</param>
    /// <exception cref="DatasetException">Nothing is there, a wanted case is missing, or two files disagree about a patch.</exception>
    public static PatchDataset Load(string path, IReadOnlySet<string> cases)
    {
        var cache = Directory.CreateTempSubdirectory("idc-pack-");
        try
        {
            using var pack = new PatchIntake(cache.FullName).Open(path);
            return pack.Select(cases);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    /// <summary>Throws where all patches have one label.</summary>
    /// <param name="side">What the patches are for, for the message.</param>
    /// <exception cref="DatasetException">They have.</exception>
    public void ThrowIfOneClass(string side)
    {
        var idc = Patches.Count(patch => patch.IsIdc);
        if (idc == 0 || idc == Patches.Count)
        {
            throw new DatasetException(
                $"The {Patches.Count} patches for {side} are {(idc == 0 ? "all non-IDC" : "all IDC")}. "
                + "Both classes are needed: put other cases there.");
        }
    }
}
