using System.ComponentModel.DataAnnotations;

namespace IdcFunctions.Functions.SignIn;

/// <summary>How callers of the API are known; section <c>Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>Who says who a caller is. No default: an app that was not told is neither open nor unreachable by mistake.</summary>
    [Required(ErrorMessage = "Auth__Mode is not set. Set it to EasyAuth behind the platform's sign-in, or to Open on one machine.")]
    public AuthMode? Mode { get; set; }
}
