using System.Diagnostics;

namespace IdcFunctions.LocalHost.Training;

/// <summary>The training program, which this one starts and does not reference, since libtorch is 500 MB.</summary>
public static class TrainingProgram
{
    private const string Project = "src/Training/Training.csproj";

    /// <summary>How it is started; it is built first where it has changed.</summary>
    /// <exception cref="IOException">It is not here.</exception>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments) =>
        new("dotnet", ["run", "--project", FindProject(), "--configuration", "Release", "--", .. arguments]);

    private static string FindProject()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var project = Path.Combine(folder.FullName, Project);
            if (File.Exists(project))
            {
                return project;
            }
        }

        throw new IOException($"The training program is not here: there is no {Project} above {AppContext.BaseDirectory}. Run idc from a checkout, or use the training container.");
    }
}
