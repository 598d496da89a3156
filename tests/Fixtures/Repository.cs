namespace IdcFunctions.Fixtures;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>The folder of <c>IdcFunctions.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IdcFunctions.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside a checkout: no IdcFunctions.sln above them.");
    }
}
