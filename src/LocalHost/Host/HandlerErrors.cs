namespace IdcFunctions.LocalHost.Host;

/// <summary>The handler's ends that count as errors: the third, each within the window of the one before, ends the Functions host.</summary>
public sealed class HandlerErrors
{
    /// <summary>Errors that end the host.</summary>
    public const int Most = 3;

    private DateTimeOffset last = DateTimeOffset.MinValue;
    private int inARow;

    /// <summary>Time in which the next error counts on; after it, counting begins anew.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Counts an error; true for the one that ends the host.</summary>
    public bool IsOneTooMany(DateTimeOffset now)
    {
        inARow = now - last > Window ? 1 : inARow + 1;
        last = now;
        return inARow >= Most;
    }
}
