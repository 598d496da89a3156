using System.Buffers;

namespace IdcFunctions.Functions;

/// <summary>
/// Puts patches together to batches and stores each when it is full, some at once. Whoever adds patches waits while too
/// many are being stored, so that memory stays bounded.
/// </summary>
/// <param name="numbers">The batches' numbers, in order.</param>
/// <param name="batchBytes">Bytes of a full batch; the last may be shorter.</param>
/// <param name="store">Stores one.</param>
internal sealed class PatchBatches(
    IEnumerable<int> numbers, int batchBytes, Func<int, ReadOnlyMemory<byte>, CancellationToken, Task> store) : IAsyncDisposable
{
    private const int MostStoring = 4;

    private readonly IEnumerator<int> numbers = numbers.GetEnumerator();
    private readonly Queue<Task> storing = new();
    private byte[] batch = ArrayPool<byte>.Shared.Rent(batchBytes);
    private int filled;

    /// <summary>Adds patches.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> patches, CancellationToken cancellationToken)
    {
        while (!patches.IsEmpty)
        {
            var part = patches[..Math.Min(patches.Length, batchBytes - filled)];
            part.CopyTo(batch.AsMemory(filled));
            filled += part.Length;
            patches = patches[part.Length..];
            if (filled == batchBytes)
            {
                await FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>Stores what is left, and waits until all is stored.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (filled > 0)
        {
            await FlushAsync(cancellationToken);
        }

        await Task.WhenAll(storing);
    }

    /// <summary>Waits for what is being stored: nothing runs on.</summary>
    public async ValueTask DisposeAsync()
    {
        numbers.Dispose();
        await Task.WhenAll(storing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (storing.Count >= MostStoring)
        {
            await storing.Dequeue();
        }

        numbers.MoveNext();
        storing.Enqueue(StoreAsync(numbers.Current, batch, filled, cancellationToken));
        (batch, filled) = (ArrayPool<byte>.Shared.Rent(batchBytes), 0);
    }

    private async Task StoreAsync(int number, byte[] pixels, int length, CancellationToken cancellationToken)
    {
        await store(number, pixels.AsMemory(0, length), cancellationToken);
        ArrayPool<byte>.Shared.Return(pixels);
    }
}
