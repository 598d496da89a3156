namespace IdcFunctions.Functions.SignIn;

/// <summary>Who says who a caller is.</summary>
public enum AuthMode
{
    /// <summary>Nobody: for one machine. Every caller on a loopback address is an admin, all others are refused.</summary>
    Open,

    /// <summary>The platform's built-in authentication, which puts the signed-in caller into a header and lets no caller set it.</summary>
    EasyAuth,
}
