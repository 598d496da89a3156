namespace IdcFunctions.Functions.SignIn;

/// <summary>
/// What a caller may do; each role may do what those before it may. The names, in lower case, are the app roles of the
/// Entra registration.
/// </summary>
public enum Role
{
    /// <summary>Look at slides, results and models, and predict pictures that are kept nowhere.</summary>
    Reader,

    /// <summary>Also upload slides, have them scored again, and correct masks and results.</summary>
    Reviewer,

    /// <summary>Also delete and restore slides, choose the model, train, and rebuild the tables.</summary>
    Admin,
}
