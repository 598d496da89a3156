using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// Forwards HTTP to the handler as the Functions host does with <c>enableForwardingHttpRequest</c>: the answer is read
/// whole before it is sent, a chunked request or one over 100 MiB is a 500, repeated query keys are joined by commas.
/// </summary>
public sealed class HttpForwarder(HandlerProcess handler, HostLog log)
{
    private const string Agent = $"Azure-Functions-Host/{FunctionInvoker.HostVersion}";
    private const long MostBodyBytes = 100L * 1024 * 1024;

    private static readonly string[] NotCopied = ["Content-Length", "Content-Type", "Transfer-Encoding", "Connection"];

    /// <summary>Forwards one request.</summary>
    public async Task ForwardAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Headers.TransferEncoding.Count > 0 || request.ContentLength > MostBodyBytes)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        try
        {
            await handler.WaitUntilReadyAsync(context.RequestAborted);
            using var forwarded = Copy(request, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            using var answer = await handler.Client.SendAsync(forwarded, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
            await CopyAsync(answer, context.Response, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or HandlerFailedException)
        {
            log.Write($"{request.Method} failed: {exception.Message}");
            await handler.WaitForEndAsync();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
    }

    private HttpRequestMessage Copy(HttpRequest request, string rawTarget)
    {
        var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), Target(request, rawTarget));
        foreach (var (name, values) in request.Headers.Where(header => !NotCopied.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            var value = string.Join(", ", values.ToArray());
            forwarded.Headers.TryAddWithoutValidation(name, name == "User-Agent" ? $"{value} {Agent}" : value);
        }

        if (!forwarded.Headers.Contains("User-Agent"))
        {
            forwarded.Headers.TryAddWithoutValidation("User-Agent", Agent);
        }

        forwarded.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", FunctionInvoker.HostVersion);
        forwarded.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        if (!forwarded.Headers.Contains("traceparent"))
        {
            forwarded.Headers.TryAddWithoutValidation("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
        }

        if (request.ContentLength > 0)
        {
            forwarded.Content = new StreamContent(request.Body);
            forwarded.Content.Headers.ContentLength = request.ContentLength;
            if (request.ContentType is { } type)
            {
                forwarded.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        return forwarded;
    }

    /// <summary>
    /// The address at the handler: the path as the client wrote it, so that %2F stays, and so does a path that looks like
    /// another server's address.
    /// </summary>
    private Uri Target(HttpRequest request, string rawTarget)
    {
        var path = rawTarget.StartsWith('/') ? rawTarget.Split('?')[0] : request.Path.ToUriComponent();
        var pairs = QueryHelpers.ParseQuery(request.QueryString.Value)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={string.Join(',', pair.Value.Select(value => Uri.EscapeDataString(value ?? "")))}");
        var query = request.QueryString.HasValue ? $"?{string.Join('&', pairs)}" : "";
        var target = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{handler.Port}{path}{query}");
        return new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
        {
            response.Headers[name] = values.ToArray();
        }

        // A 304 or an answer to HEAD states a length and has no body.
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (body.Length > 0)
        {
            await response.Body.WriteAsync(body, cancellationToken);
        }
    }
}
