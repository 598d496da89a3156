using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Bench.Chaos;

/// <summary>
/// Everything that a line has stored and answers, without times, ETags and counters of work done, and with runs named by
/// what they are of: <c>{content}/{model version}/{request}</c>.
/// </summary>
internal sealed class SiteSnapshot
{
    private static readonly ImmutableHashSet<string> Columns = ["odata.etag", "Timestamp", "Uploaded", "Decided", "TilingStarted", "TilingEnded", "BytesRead", "Gets", "Redrives", "FirstUpload", "DeletedAt", "ScoringMilliseconds"];

    private static readonly ImmutableArray<string> Routes = ["", "/patches?top=5000", "/regions", "/uncertain", "/grid"];

    /// <summary>Characters of a value that a difference shows, and of those before the place where it differs.</summary>
    private const int MostShown = 600, ShownBefore = 120;

    private readonly SortedDictionary<string, string> items = new(StringComparer.Ordinal);
    private readonly HashSet<string> wanted = [];
    private readonly Dictionary<string, string> names = [];
    private readonly ChaosSite site;

    private readonly ImmutableHashSet<string> olderLacks;

    private SiteSnapshot(ChaosSite site, ImmutableHashSet<string> olderLacks)
    {
        this.site = site;
        this.olderLacks = olderLacks;
    }

    /// <summary>Reads a line.</summary>
    /// <param name="site">The line.</param>
    /// <param name="olderLacks">Properties of JSON documents that are not compared, since an older program does not write them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SiteSnapshot> ReadAsync(ChaosSite site, ImmutableHashSet<string> olderLacks, CancellationToken cancellationToken)
    {
        var snapshot = new SiteSnapshot(site, olderLacks);
        var slides = await snapshot.RowsAsync(Tables.Slides, cancellationToken);
        var runs = await snapshot.RowsAsync(Tables.Runs, cancellationToken);
        snapshot.NameRuns(runs);
        foreach (var run in slides.SelectMany(slide => new[] { slide.GetString("WantedRun"), slide.GetString("PublishedRun") }).OfType<string>())
        {
            snapshot.wanted.Add(snapshot.names[run]);
        }

        foreach (var table in new[] { Tables.Slides, Tables.Runs, Tables.Batches, Tables.Patches, Tables.OpenRuns })
        {
            foreach (var row in await snapshot.RowsAsync(table, cancellationToken))
            {
                snapshot.Add($"table {table} {row.PartitionKey} {row.RowKey}", snapshot.Describe(row));
            }
        }

        foreach (var container in new[] { Containers.Slides, Containers.Results, Containers.Patches })
        {
            await snapshot.AddBlobsAsync(container, cancellationToken);
        }

        foreach (var slide in slides)
        {
            await snapshot.AddAnswersAsync($"api/slides/{slide.RowKey}", cancellationToken);
        }

        await snapshot.AddListingAsync("name", cancellationToken);
        await snapshot.AddListingAsync("newest", cancellationToken);
        return snapshot;
    }

    /// <summary>
    /// What differs from a calm line: nothing may be missing or other of slides and of the runs that they want or have
    /// published; of a run that was superseded on the way there may be less, but what there is must be the same.
    /// </summary>
    public IReadOnlyList<string> DifferencesFrom(SiteSnapshot calm)
    {
        var differences = new List<string>();
        foreach (var key in items.Keys.Union(calm.items.Keys).Order(StringComparer.Ordinal))
        {
            var isSuperseded = key.Contains('«', StringComparison.Ordinal) && !wanted.Union(calm.wanted).Any(run => key.Contains($"«{run}»", StringComparison.Ordinal));
            if (!items.TryGetValue(key, out var here))
            {
                if (!isSuperseded)
                {
                    differences.Add($"missing: {key}");
                }
            }
            else if (!calm.items.TryGetValue(key, out var there))
            {
                differences.Add($"only under chaos: {key} = {Shorten(here)}");
            }
            else if (here != there && !(isSuperseded && key.StartsWith($"table {Tables.Runs}", StringComparison.Ordinal)))
            {
                differences.Add($"other: {key}: {From(here, there)} instead of {From(there, here)}");
            }
        }

        return differences;
    }

    private static string Shorten(string text) => text.Length <= MostShown ? text : text[..MostShown] + "…";

    /// <summary>A text from a little before the place where another differs from it.</summary>
    private static string From(string text, string other)
    {
        var same = text.AsSpan().CommonPrefixLength(other);
        return same <= ShownBefore ? Shorten(text) : $"…{Shorten(text[(same - ShownBefore)..])}";
    }

    private void NameRuns(IEnumerable<TableEntity> rows)
    {
        foreach (var (etag, content) in site.Contents)
        {
            names[etag.Trim('"')] = content;
            names[TableKeys.UploadRow(etag)] = $"upload of {content}";
        }

        foreach (var row in rows.Where(row => row.GetString("Settings") is not null))
        {
            var settings = JsonSerializer.Deserialize(row.GetString("Settings"), SlidesJson.Default.RunSettings)!;
            names[row.RowKey] = $"{site.Contents[settings.Etag]}/{settings.ModelVersion}/{settings.RequestId}";
        }
    }

    private async Task<List<TableEntity>> RowsAsync(string table, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in new TableClient(site.ConnectionString, table).QueryAsync<TableEntity>(cancellationToken: cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    private async Task AddBlobsAsync(string container, CancellationToken cancellationToken)
    {
        var client = new BlobServiceClient(site.ConnectionString).GetBlobContainerClient(container);
        await foreach (var blob in client.GetBlobsAsync(BlobTraits.None, BlobStates.None, null, cancellationToken))
        {
            var content = (await client.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
            Add($"blob {container} {blob.Name}", Describe(content));
        }
    }

    private async Task AddAnswersAsync(string slide, CancellationToken cancellationToken)
    {
        foreach (var route in Exports.All.Select(file => $"/exports/{file}").Concat(Routes))
        {
            var (status, body) = await site.GetAsync(slide + route, cancellationToken);
            Add($"GET {slide}{route}", $"{(int)status} {Describe(body)}");
        }
    }

    /// <summary>Which slides a listing names, each as often as it does; in what order they were first seen is chance.</summary>
    private async Task AddListingAsync(string order, CancellationToken cancellationToken)
    {
        var (status, body) = await site.GetAsync($"api/slides?top=1000&order={order}", cancellationToken);
        var slides = JsonNode.Parse(body)!["items"]!.AsArray().Select(slide => $"{slide!["slide"]} {slide["status"]}").Order(StringComparer.Ordinal);
        Add($"listing by {order}", $"{(int)status} {string.Join(", ", slides)}");
    }

    private void Add(string key, string value) => items.Add(Rename(key, "«", "»"), Rename(value, "", ""));

    /// <summary>Puts names in place of run ids and ETags.</summary>
    private string Rename(string text, string before, string after) =>
        CanonicalJson.Ids().Replace(text, match => names.TryGetValue(match.Value, out var name) ? $"{before}{name}{after}" : match.Value);

    private string Describe(TableEntity row) =>
        string.Join("; ", row.Where(column => !Columns.Contains(column.Key)).OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => $"{column.Key}={Describe(column.Value)}"));

    private string Describe(object? value) => value is string text && text.StartsWith('{') ? CanonicalJson.Of(Encoding.UTF8.GetBytes(text), olderLacks)! : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private string Describe(byte[] content)
    {
        if (content.AsSpan().StartsWith("IDCS"u8))
        {
            var scores = BatchScores.TryRead(content)!;
            return $"{scores.Provider} {string.Join(' ', scores.Scores)}";
        }

        return CanonicalJson.Of(content, olderLacks) ?? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
    }
}
