namespace IdcFunctions.Slides.Messages;

/// <summary>The version of our own messages. A program puts a newer one back with a delay for a newer program to take.</summary>
public static class MessageSchema
{
    /// <summary>The version this program writes and reads.</summary>
    public const int Version = 1;
}
