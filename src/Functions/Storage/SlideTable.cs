using Azure;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// The rows of slides, and the keys of <c>SlidesNewest</c> by which they are listed: a slide's key is written before its
/// row and deleted after it, since a listing passes over a key without a row, and a row without a key would never be listed.
/// </summary>
public sealed class SlideTable(StorageClients storage)
{
    private readonly TableClient slides = storage.Tables.GetTableClient(Tables.Slides);
    private readonly TableClient newest = storage.Tables.GetTableClient(Tables.SlidesNewest);

    /// <summary>A slide's row, or null.</summary>
    public async Task<SlideRow?> FindAsync(SlideId slide, CancellationToken cancellationToken) =>
        await slides.FindAsync<SlideRow>(TableKeys.SlidePartition(slide), slide.Value, cancellationToken);

    /// <summary>The row of the slide that a key lists; null where the key is no slide's (any more).</summary>
    public async Task<SlideRow?> FindListedAsync(KeyRow key, CancellationToken cancellationToken) =>
        TableKeys.SlideOfNewestRow(key.RowKey) is { } slide
        && await FindAsync(slide, cancellationToken) is { } row
        && row.ListingKey().RowKey == key.RowKey
            ? row
            : null;

    /// <summary>All slides' rows.</summary>
    public IAsyncEnumerable<SlideRow> AllAsync(CancellationToken cancellationToken) =>
        slides.QueryAsync<SlideRow>(cancellationToken: cancellationToken);

    /// <summary>
    /// Writes a slide's row: inserts it, after its row in <c>SlidesNewest</c>, where it has no ETag yet; else replaces it.
    /// False where somebody else was first: read it again and decide again.
    /// </summary>
    public async Task<bool> TryWriteAsync(SlideRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (row.ETag != default)
            {
                await slides.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
                return true;
            }

            var key = row.ListingKey();
            row.PartitionKey = key.PartitionKey;
            await newest.UpsertEntityAsync(key, TableUpdateMode.Replace, cancellationToken);
            await slides.AddEntityAsync(row, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (StorageErrors.IsLostRace(exception) || exception.Status == 404)
        {
            if (row.ETag == default)
            {
                await DeleteStrayKeyAsync(row.ListingKey(), cancellationToken);
            }

            return false;
        }
    }

    /// <summary>Reads the slide's row, changes it and writes it, again where somebody else was first.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="change">Changes the row; false to leave it as it is.</param>
    /// <param name="known">
    /// The row as the caller has read it, in place of a first look; null to look. Its ETag tells whether it was changed
    /// since.
    /// </param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The row as it was written; null where there is none or <paramref name="change"/> left it.</returns>
    public async Task<SlideRow?> ChangeAsync(SlideId slide, Func<SlideRow, bool> change, SlideRow? known, CancellationToken cancellationToken)
    {
        for (var row = known ?? await FindAsync(slide, cancellationToken); row is not null; row = await FindAsync(slide, cancellationToken))
        {
            if (change(row))
            {
                if (await TryWriteAsync(row, cancellationToken))
                {
                    return row;
                }
            }
            else if (row != known)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Deletes a slide's row and key. False where its row was changed since it was read.</summary>
    public async Task<bool> TryDeleteAsync(SlideRow row, CancellationToken cancellationToken)
    {
        try
        {
            await slides.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }

        await DeleteStrayKeyAsync(row.ListingKey(), cancellationToken);
        return true;
    }

    /// <summary>
    /// Deletes the keys in <c>SlidesNewest</c> that are no slide's: who died between a slide's key and its row, in
    /// inserting or deleting it, left one, and it holds the slide's name.
    /// </summary>
    /// <param name="listed">The keys of the slides that the caller has just read: only others are looked at one by one.</param>
    /// <param name="writtenBefore">Only keys older than this: a new slide's row may be on its way.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task DeleteStrayKeysAsync(IReadOnlySet<string> listed, DateTimeOffset writtenBefore, CancellationToken cancellationToken)
    {
        await foreach (var key in newest.QueryAsync<KeyRow>(row => row.Timestamp < writtenBefore, cancellationToken: cancellationToken))
        {
            if (!listed.Contains(key.RowKey))
            {
                await DeleteStrayKeyAsync(key, cancellationToken);
            }
        }
    }

    /// <summary>Takes away a key that is no slide's (any more): with another row's key the slide would be listed twice.</summary>
    private async Task DeleteStrayKeyAsync(KeyRow key, CancellationToken cancellationToken)
    {
        if (await FindListedAsync(key, cancellationToken) is null)
        {
            await newest.DeleteEntityAsync(key.PartitionKey, key.RowKey, ETag.All, cancellationToken);
        }
    }
}
