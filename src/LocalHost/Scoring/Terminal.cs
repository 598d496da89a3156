using Spectre.Console;

namespace IdcFunctions.LocalHost.Scoring;

/// <summary>Where the command writes. What does not go to a terminal is not broken into lines of a terminal's width.</summary>
internal static class Terminal
{
    private const int EndlessWidth = 4000;
    private const int TableWidth = 160;

    /// <summary>Standard error.</summary>
    public static IAnsiConsole Errors() => Open(Console.Error, Console.IsErrorRedirected, EndlessWidth);

    /// <summary>Standard output.</summary>
    public static IAnsiConsole Output() => Open(Console.Out, Console.IsOutputRedirected, TableWidth);

    private static IAnsiConsole Open(TextWriter writer, bool isRedirected, int widthOfFiles)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (isRedirected)
        {
            console.Profile.Width = widthOfFiles;
        }

        return console;
    }
}
