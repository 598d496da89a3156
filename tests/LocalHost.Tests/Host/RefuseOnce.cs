using System.Net;

namespace IdcFunctions.LocalHost.Tests.Host;

/// <summary>Answers the first request with this method with 503 instead of storage.</summary>
internal sealed class RefuseOnce(HttpMethod method) : DelegatingHandler(new SocketsHttpHandler())
{
    private int refused;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Method == method && Interlocked.Exchange(ref refused, 1) == 0
            ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request })
            : base.SendAsync(request, cancellationToken);
}
