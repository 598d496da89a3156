using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;

namespace IdcFunctions.LocalHost.Host;

/// <summary>Posts envelopes to the handler and reads its answer as the Functions host does.</summary>
public sealed class FunctionInvoker(FunctionApp app, HandlerProcess handler, TimeProvider time, HostLog log)
{
    /// <summary>The host's version that the recorded messages are of.</summary>
    public const string HostVersion = "4.1037.0.0";

    /// <summary>Invokes a function.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="envelope">The body.</param>
    /// <param name="cancellationToken">The host stops; the handler never hears of it.</param>
    /// <returns>True where the handler answered 2xx with a JSON object; false for every other answer, or none.</returns>
    public async Task<bool> InvokeAsync(string function, byte[] envelope, CancellationToken cancellationToken)
    {
        await handler.WaitUntilReadyAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(app.FunctionTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{function}");
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        request.Headers.TryAddWithoutValidation("User-Agent", $"Azure-Functions-Host/{HostVersion}");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new ByteArrayContent(envelope);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json, "utf-8");
        try
        {
            using var answer = await handler.Client.SendAsync(request, both.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(both.Token);
            if (!answer.IsSuccessStatusCode)
            {
                log.Write($"{function} failed: HTTP {(int)answer.StatusCode}.");
                return false;
            }

            if (body.Length > 0 && !body.AsSpan().SequenceEqual("null"u8))
            {
                var succeeded = IsJsonObject(answer, body);
                if (!succeeded)
                {
                    log.Write($"{function} failed: it answered {(int)answer.StatusCode} with something other than a JSON object.");
                }

                return succeeded;
            }

            // The Functions host never completes such an invocation; only the timeout ends it.
            log.Write($"{function} answered {(int)answer.StatusCode} without a JSON object: the invocation hangs until functionTimeout.");
            await Task.Delay(Timeout.InfiniteTimeSpan, time, both.Token);
            return false;
        }
        catch (HttpRequestException exception)
        {
            log.Write($"{function} failed: {exception.Message}");
            await handler.WaitForEndAsync();
            return false;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            log.Write($"{function} took longer than {app.FunctionTimeout}: the handler is killed with everything that it runs.");
            handler.Kill();
            return false;
        }
    }

    private static bool IsJsonObject(HttpResponseMessage answer, byte[] body)
    {
        if (answer.Content.Headers.ContentType?.MediaType != MediaTypeNames.Application.Json)
        {
            return false;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
