namespace IdcFunctions.Training;

/// <summary>Files that a reader sees whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>Writes a file, over the one that is there.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(unfinished, content);
        File.Move(unfinished, path, overwrite: true);
    }
}
