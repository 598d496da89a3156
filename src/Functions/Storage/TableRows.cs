using Azure.Data.Tables;

namespace IdcFunctions.Functions.Storage;

/// <summary>Reading a row that may not be there.</summary>
public static class TableRows
{
    /// <summary>The row; null where it is not there.</summary>
    public static async Task<TRow?> FindAsync<TRow>(this TableClient table, string partition, string row, CancellationToken cancellationToken)
        where TRow : class, ITableEntity =>
        await table.GetEntityIfExistsAsync<TRow>(partition, row, cancellationToken: cancellationToken) is { HasValue: true } found
            ? found.Value
            : null;
}
