namespace IdcFunctions.Functions.Api;

/// <summary>Bodies that are read whole.</summary>
public static class RequestBody
{
    /// <summary>The body; null where it is longer than it may be.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int mostBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > mostBytes)
        {
            await DropAsync(request, cancellationToken);
            return null;
        }

        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        return content.Length > mostBytes ? null : content.ToArray();
    }

    /// <summary>
    /// Takes a body and drops it: were it not taken, the Functions host would lose its connection in the middle of it, and
    /// answer 500 instead.
    /// </summary>
    public static Task DropAsync(HttpRequest request, CancellationToken cancellationToken) =>
        request.Body.CopyToAsync(Stream.Null, cancellationToken);
}
