using NetVips;

namespace IdcFunctions.Training.Data;

/// <summary>Reads the files of a data set one after the other and decodes them on all processors.</summary>
/// <param name="files">The data set.</param>
public sealed class PatchPictures(PatchFiles files) : IDisposable
{
    /// <summary>50×50 pixels of 16 bits have 20 KB, however badly they are packed; the rest is for what programs write beside them.</summary>
    private const int MostPictureBytes = 1 << 20;

    /// <summary>Pictures in memory at once: enough for the processors of any machine, and 128 MiB where each file is as long as it may be.</summary>
    private const int AtOnce = 128;

    /// <summary>
    /// Held together by those that decode, alone by the one that asks libvips why it could not: its reasons of all threads
    /// stand in one place.
    /// </summary>
    private readonly ReaderWriterLockSlim reasons = new();

    // Pictures are decoded side by side; threads of libvips' own would only wait for each other over so small a one, and say now more, now less of why it can't be read.
    static PatchPictures() => NetVips.NetVips.Concurrency = 1;

    /// <summary>The pictures, in the files' order.</summary>
    /// <param name="names">The files' names.</param>
    /// <param name="cancellationToken">Looked at before each file.</param>
    public IEnumerable<PatchPicture> Read(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var begun = new Queue<Task<PatchPicture>>();
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            begun.Enqueue(Begin(name));
            if (begun.Count == AtOnce)
            {
                yield return begun.Dequeue().GetAwaiter().GetResult();
            }
        }

        while (begun.TryDequeue(out var picture))
        {
            yield return picture.GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reasons.Dispose();

    private Task<PatchPicture> Begin(string name)
    {
        try
        {
            // Entries of one zip can't be read side by side.
            var content = files.Read(name, MostPictureBytes);
            return Task.Run(() => Decode(name, content));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Task.FromResult(Unreadable(name, exception));
        }
    }

    private PatchPicture Decode(string name, byte[] content)
    {
        reasons.EnterReadLock();
        try
        {
            return Picture(name, content);
        }
        catch (VipsException)
        {
            // Asked again below.
        }
        finally
        {
            reasons.ExitReadLock();
        }

        reasons.EnterWriteLock();
        try
        {
            return Picture(name, content);
        }
        catch (VipsException exception)
        {
            return Unreadable(name, exception);
        }
        finally
        {
            reasons.ExitWriteLock();
        }
    }

    private static PatchPicture Picture(string name, byte[] content)
    {
        var pixels = Pixels(content);
        return new PatchPicture(name, pixels, pixels is null ? null : NearDuplicateSearch.Hash(pixels), Fault: null);
    }

    private static PatchPicture Unreadable(string name, Exception exception) => new(name, Pixels: null, DifferenceHash: null, exception.Message.Trim());

    /// <summary>The pixels, or null where the picture is not 50×50.</summary>
    private static byte[]? Pixels(byte[] content)
    {
        // libvips fills what is missing of a damaged file with grey unless it is told to fail.
        using var image = Image.NewFromBuffer(content, failOn: Enums.FailOn.Error);
        if (image.Width != PatchDataset.Side || image.Height != PatchDataset.Side)
        {
            return null;
        }

        if (image is { Interpretation: Enums.Interpretation.Srgb, Format: Enums.BandFormat.Uchar, Bands: 3 })
        {
            return image.WriteToMemory<byte>();
        }

        using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
        using var flat = rgb.HasAlpha() ? rgb.Flatten(background: [255.0]) : rgb.Copy();
        return flat.WriteToMemory<byte>();
    }
}
