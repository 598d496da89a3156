namespace IdcFunctions.Functions.Api;

/// <summary>Bodies that are read whole.</summary>
public static class RequestBody
{
    /// <summary>The body; null where it is longer than it may be.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int mostBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > mostBytes)
        {
            return null;
        }

        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellationToken);
        return content.Length > mostBytes ? null : content.ToArray();
    }
}
