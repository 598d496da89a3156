using System.Globalization;
using IdcFunctions.Functions.Hosting;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Slides;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdcFunctions.Functions.Api;

/// <summary>Errors of the API: RFC 9457 problem details with stable types.</summary>
public static class Problems
{
    private const string Prefix = "urn:idcfunctions:";

    /// <summary>404: there is no such slide.</summary>
    public static ProblemHttpResult SlideNotFound(string slide) =>
        Make(
            StatusCodes.Status404NotFound,
            "slide-not-found",
            $"There is no slide '{slide}'. An id is the blob's name with every byte outside A-Z a-z 0-9 . _ - written ~XX.");

    /// <summary>404: the slide has no published result (yet).</summary>
    public static ProblemHttpResult NotPublished(string slide, string status) =>
        Make(StatusCodes.Status404NotFound, "no-result", $"Slide '{slide}' has no published result; its status is {status}.");

    /// <summary>410: the slide is deleted and can still be restored.</summary>
    public static ProblemHttpResult SlideDeleted(string slide) =>
        Make(StatusCodes.Status410Gone, "slide-deleted", $"Slide '{slide}' is deleted. POST /api/slides/{slide}/restore brings it back.");

    /// <summary>404: the patch is not among those scored.</summary>
    public static ProblemHttpResult PatchNotFound(string patch) =>
        Make(
            StatusCodes.Status404NotFound,
            "patch-not-found",
            $"There is no scored patch '{patch}'. "
            + "A patch is named {row:D5}-{column:D5}; cells without tissue are not scored.");

    /// <summary>404: there is no such data set.</summary>
    public static ProblemHttpResult DatasetNotFound(string dataset) =>
        Make(
            StatusCodes.Status404NotFound,
            "dataset-not-found",
            $"There is no data set '{dataset}'. POST /api/datasets gives an address to upload one to.");

    /// <summary>404: there is no such training run.</summary>
    public static ProblemHttpResult TrainingRunNotFound(string run) =>
        Make(StatusCodes.Status404NotFound, "training-run-not-found", $"There is no training run '{run}'.");

    /// <summary>400: a training can't be as it is asked for; all that is wrong with it, by field, in <c>errors</c>.</summary>
    public static ProblemHttpResult InvalidTraining(IReadOnlyList<(string Field, string Fault)> faults)
    {
        var errors = faults
            .GroupBy(fault => fault.Field)
            .ToDictionary(group => group.Key, group => group.Select(fault => fault.Fault).ToArray());
        return TypedResults.Problem(
            string.Join(' ', faults.Select(fault => $"{fault.Field}: {fault.Fault}")),
            statusCode: StatusCodes.Status400BadRequest,
            type: Prefix + "invalid-training",
            title: "invalid-training",
            extensions: [KeyValuePair.Create("errors", (object?)errors)]);
    }

    /// <summary>422: more corrections than one export holds.</summary>
    public static ProblemHttpResult TooManyCorrections() =>
        Unprocessable(
            "too-many-corrections",
            $"There are more than {CorrectedPatches.MostItems} corrections. "
            + "Take them in parts: the query's prefix takes the beginning of slides' ids.");

    /// <summary>409: the slide can't have the run that is asked for.</summary>
    public static ProblemHttpResult Refused(SlideFailure failure) => Conflict(failure.Code, failure.InWords());

    /// <summary>422: the slide or picture itself can't be read.</summary>
    public static ProblemHttpResult Unprocessable(SlideFailure failure) => Unprocessable(failure.Code, failure.InWords());

    /// <summary>404: what is stored of the result is gone or damaged.</summary>
    public static ProblemHttpResult ScoresGone(string slide) =>
        NotFound($"The stored scores of slide '{slide}' are gone or damaged. POST /api/slides/{slide}/rescore makes them anew.");

    /// <summary>404: there is no such thing.</summary>
    public static ProblemHttpResult NotFound(string detail) => Make(StatusCodes.Status404NotFound, "not-found", detail);

    /// <summary>400: a parameter is no part of a slide's id.</summary>
    public static ProblemHttpResult NoKey(string field) => Invalid(field, "it holds other characters than ids do: A-Z a-z 0-9 . _ ~ -");

    /// <summary>400: a parameter can't be read.</summary>
    public static ProblemHttpResult Invalid(string field, string detail) =>
        Make(StatusCodes.Status400BadRequest, "invalid-parameter", $"{field}: {detail}");

    /// <summary>400: a changing request without the header that foreign pages can't send.</summary>
    public static ProblemHttpResult HeaderMissing() =>
        Make(
            StatusCodes.Status400BadRequest,
            "header-missing",
            $"A request that changes something needs the header {BrowserGuard.RequestHeader}, with any value: "
            + "pages of other sites can't send it.");

    /// <summary>401: nobody says who the caller is.</summary>
    public static ProblemHttpResult NotSignedIn(AuthMode mode) => Make(
        StatusCodes.Status401Unauthorized,
        "not-signed-in",
        mode == AuthMode.Open
            ? "This app asks nobody to sign in, and so answers on loopback addresses only: use 127.0.0.1 or localhost."
            : "Sign in at /.auth/login/aad, or send a bearer token of this app's Entra registration.");

    /// <summary>403: the caller has not the role that the route asks for.</summary>
    public static ProblemHttpResult RoleMissing(RouteRole? route) => Make(
        StatusCodes.Status403Forbidden,
        "role-missing",
        route?.Least is { } least
            ? $"This needs the role {RouteRoles.NameOf(least)}. "
                + "An administrator of the Entra registration gives it (Enterprise applications, Users and groups)."
            : "No caller may do this: the route belongs to the Functions host.");

    /// <summary>422: the slide can't be shown.</summary>
    public static ProblemHttpResult Unprocessable(string type, string detail) => Make(StatusCodes.Status422UnprocessableEntity, type, detail);

    /// <summary>413: the body is longer than this address takes.</summary>
    public static ProblemHttpResult TooLarge(int mostBytes) =>
        Make(
            StatusCodes.Status413PayloadTooLarge,
            "too-large",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body has more than the {mostBytes:N0} bytes that this address takes. "
                + $"Slides are uploaded straight to storage: POST /api/uploads."));

    /// <summary>429: this client asks for more than it may.</summary>
    public static ProblemHttpResult TooManyRequests(int seconds) =>
        Make(
            StatusCodes.Status429TooManyRequests,
            "too-many-requests",
            string.Create(
                CultureInfo.InvariantCulture,
                $"More requests than this app takes of one client at a time. "
                + $"Try again in {seconds} s, as Retry-After says; the limits are the app's settings Requests__*."));

    /// <summary>503: the slide can be looked at soon.</summary>
    public static ProblemHttpResult Preparing(string detail) =>
        Make(StatusCodes.Status503ServiceUnavailable, "view-preparing", $"{detail} Ask again after Retry-After.");

    /// <summary>412: somebody else changed the slide's corrections, or its result shows other content.</summary>
    public static ProblemHttpResult CorrectionsChanged() =>
        Make(
            StatusCodes.Status412PreconditionFailed,
            "corrections-changed",
            "This slide's corrections, or the content or grid they are on, were changed since they were read. "
            + "Read them, change what is there now, and send the ETag of that answer.");

    /// <summary>428: a change that does not say what it changes.</summary>
    public static ProblemHttpResult IfMatchMissing() =>
        Make(
            StatusCodes.Status428PreconditionRequired,
            "if-match-missing",
            "A change of corrections needs the header If-Match with the ETag that they were read with: they are replaced as a whole.");

    /// <summary>410: the published run is being deleted, since another one takes its place.</summary>
    public static ProblemHttpResult ResultGone(string slide) =>
        Make(
            StatusCodes.Status410Gone,
            "run-superseded",
            $"The run that was asked for of slide '{slide}' is no longer stored. Read the slide's result again.");

    /// <summary>410: the run that a continuation belongs to is no longer the published one.</summary>
    public static ProblemHttpResult RunSuperseded() =>
        Make(
            StatusCodes.Status410Gone,
            "run-superseded",
            "The run that this continuation belongs to is no longer the published one. Start again without it.");

    /// <summary>409: the slide is in a state in which this can't be done.</summary>
    public static ProblemHttpResult Conflict(string type, string detail) => Make(StatusCodes.Status409Conflict, type, detail);

    /// <summary>Gives answers that no route made, such as that to an unknown path, a stable type too.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Type?.StartsWith(Prefix, StringComparison.Ordinal) == true)
        {
            return;
        }

        var (type, detail) = problem.Status switch
        {
            StatusCodes.Status400BadRequest => ("bad-request", "The body, or a parameter, can't be read as what /openapi/v1.json says it is."),
            StatusCodes.Status404NotFound => ("not-found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => ("method-not-allowed", "This address does not take this method."),
            StatusCodes.Status413PayloadTooLarge => (
                "too-large",
                "The body is longer than this address takes. Slides are uploaded straight to storage: POST /api/uploads."),
            StatusCodes.Status415UnsupportedMediaType => ("unsupported-media-type", "The body has another media type than this address takes."),
            StatusCodes.Status503ServiceUnavailable => (
                "storage-unavailable",
                "Storage does not answer at present. Ask again in a while; nothing is lost."),
            _ => ("error", "The app failed on this request; its log says why."),
        };
        (problem.Type, problem.Title, problem.Detail) = (Prefix + type, type, detail);
    }

    private static ProblemHttpResult Make(int status, string type, string detail) =>
        TypedResults.Problem(detail, statusCode: status, type: Prefix + type, title: type);
}
