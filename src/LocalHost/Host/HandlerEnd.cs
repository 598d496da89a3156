namespace IdcFunctions.LocalHost.Host;

/// <summary>How one process of the handler ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="WasReady">True where it had answered before.</param>
/// <param name="WasKilled">True where an invocation's timeout ended it.</param>
/// <param name="TookTooLong">True where it was ended because it never answered.</param>
public sealed record HandlerEnd(int ExitCode, bool WasReady, bool WasKilled, bool TookTooLong)
{
    /// <summary>True where the Functions host does not start it again.</summary>
    public bool IsForGood => WasReady && ExitCode == 0 && !WasKilled;

    /// <summary>
    /// True where it counts towards the errors that end the host. So does exit code 0 before it answered: the Functions
    /// host finds out only when initializationTimeout has passed, this one at once.
    /// </summary>
    public bool IsError => !WasKilled && ExitCode != 200;

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { WasKilled: true } => "was killed by functionTimeout",
        { TookTooLong: true } => "did not answer within initializationTimeout",
        { WasReady: true } => $"exited with code {ExitCode}",
        _ => $"exited with code {ExitCode} before it answered",
    };
}
