using System.ComponentModel;
using System.Diagnostics;

namespace IdcFunctions.LocalHost.Training;

/// <summary>The training program, which this one starts and does not reference, since libtorch is 500 MB.</summary>
public static class TrainingProgram
{
    private const string Project = "src/Training/Training.csproj";
    private const string Built = "bin/Release/net10.0/IdcFunctions.Training.dll";

    /// <summary>The folders whose sources it is made of.</summary>
    private static readonly string[] Sources = ["Training", "Scoring", "Slides", "Storage"];

    /// <summary>How it is started; where it was not built since its sources changed, it is built first.</summary>
    /// <exception cref="IOException">It is not here.</exception>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var project = FindProject();
        var program = Path.Combine(Path.GetDirectoryName(project)!, Built);
        return IsCurrent(program, Path.GetFullPath(Path.Combine(project, "..", "..")))
            ? new("dotnet", [program, .. arguments])
            : new("dotnet", ["run", "--project", project, "--configuration", "Release", "--", .. arguments]);
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="IOException">There is no <c>dotnet</c> to start it with.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new IOException(
                $"The training program can't be started: {exception.Message}. "
                + $"Install the .NET SDK and see that {start.FileName} is on the PATH.",
                exception);
        }
    }

    /// <summary>True where no source is newer than the program. Asking the build takes seconds, on a busy machine minutes.</summary>
    private static bool IsCurrent(string program, string sources)
    {
        var built = File.GetLastWriteTimeUtc(program);
        var objects = $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}";
        return File.Exists(program) && Sources
            .SelectMany(folder => new DirectoryInfo(Path.Combine(sources, folder)).EnumerateFiles("*", SearchOption.AllDirectories))
            .Where(file => file.Extension is ".cs" or ".csproj" or ".py" or ".proto"
                && !file.FullName.Contains(objects, StringComparison.Ordinal))
            .All(file => file.LastWriteTimeUtc <= built);
    }

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

        throw new IOException(
            $"The training program is not here: there is no {Project} above {AppContext.BaseDirectory}. "
            + "Run idc from a checkout, or use the training container.");
    }
}
