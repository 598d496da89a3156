namespace IdcFunctions.Fixtures;

/// <summary>Real labelled patches and slides, kept outside the repository; tests that use them skip where they are missing.</summary>
public static class SharedData
{
    /// <summary>The folder: <c>IDC_SHARED</c>, else <c>shared</c> beside the repository; null where it does not exist.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Why a test that needs <paramref name="file"/> skips.</summary>
    public static string MissingReason(string file) => $"Test data {file} is missing: set IDC_SHARED to the folder that holds it.";

    /// <summary>Full path of a file of the shared data, e.g. <c>data/slides/idc-8867.tif</c>; null where it is missing.</summary>
    public static string? PathOf(string file) =>
        Folder is { } folder && Path.Combine(folder, file) is var path && File.Exists(path) ? path : null;

    /// <summary>Full path of a file of the shared data; skips the running test where it is missing.</summary>
    public static string Require(string file)
    {
        var path = PathOf(file);
        Xunit.Assert.SkipWhen(path is null, MissingReason(file));
        return path!;
    }

    private static string? Find()
    {
        var folder = Environment.GetEnvironmentVariable("IDC_SHARED") ?? Path.Combine(Repository.Root, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
