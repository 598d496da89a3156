using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace IdcFunctions.LocalHost.Host;

/// <summary>
/// Forwards HTTP to the handler as the Functions host does with <c>enableForwardingHttpRequest</c>: the answer is read
/// whole before it is sent, a chunked request or one over 100 MiB is a 500, repeated query keys are joined by commas.
/// </summary>
public sealed class HttpForwarder(HandlerProcess handler, HostLog log)
{
    private const long MostBodyBytes = 100L * 1024 * 1024;

    private static readonly string[] NotCopied = ["Host", "User-Agent", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection"];

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
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
    }

    private static HttpRequestMessage Copy(HttpRequest request, string rawTarget)
    {
        var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), Target(rawTarget, request.QueryString.Value));
        foreach (var (name, values) in request.Headers.Where(header => !NotCopied.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            forwarded.Headers.TryAddWithoutValidation(name, string.Join(", ", values.ToArray()));
        }

        forwarded.Headers.Host = request.Host.Value;
        forwarded.Headers.TryAddWithoutValidation("User-Agent", $"{request.Headers.UserAgent} Azure-Functions-Host/{FunctionInvoker.HostVersion}".TrimStart());
        forwarded.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", FunctionInvoker.HostVersion);
        forwarded.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
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

    private static Uri Target(string rawTarget, string? query)
    {
        var path = rawTarget.Split('?')[0];
        if (string.IsNullOrEmpty(query))
        {
            return new Uri(path, UriKind.Relative);
        }

        var joined = QueryHelpers.ParseQuery(query)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={string.Join(',', pair.Value.Select(value => Uri.EscapeDataString(value ?? "")))}");
        return new Uri($"{path}?{string.Join('&', joined)}", UriKind.Relative);
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
        {
            response.Headers[name] = values.ToArray();
        }

        if (!HttpMethods.IsHead(response.HttpContext.Request.Method) && answer.Content.Headers.ContentLength is not 0)
        {
            await answer.Content.CopyToAsync(response.Body, cancellationToken);
        }
    }
}
