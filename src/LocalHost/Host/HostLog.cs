using System.Globalization;

namespace IdcFunctions.LocalHost.Host;

/// <summary>The local host's log: its own lines, the handler's and the training program's, with the time, in the order they came.</summary>
public sealed class HostLog(TextWriter writer, TimeProvider time) : IDisposable
{
    private const int KeptLines = 8;

    private readonly Lock gate = new();
    private readonly Queue<string> last = new();
    private bool isClosed;

    /// <summary>The handler's last lines, for the error that ends the host.</summary>
    public string LastLines
    {
        get
        {
            lock (gate)
            {
                return last.Count == 0 ? "It printed nothing." : $"Its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, last)}";
            }
        }
    }

    /// <summary>A log in a file, appended to.</summary>
    public static HostLog ToFile(string path, TimeProvider time) => new(new StreamWriter(path, append: true) { AutoFlush = true }, time);

    /// <summary>Writes a line of the host.</summary>
    public void Write(string line) => WriteLine("host", line);

    /// <summary>Writes a line of the handler; null, its end, is nothing.</summary>
    public void WriteHandlerLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            last.Enqueue(line);
            if (last.Count > KeptLines)
            {
                last.Dequeue();
            }
        }

        WriteLine("handler", line);
    }

    /// <summary>Writes a line of the training program; null, its end, is nothing.</summary>
    public void WriteTrainingLine(string? line)
    {
        if (line is not null)
        {
            WriteLine("training", line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            writer.Dispose();
        }
    }

    private void WriteLine(string who, string line)
    {
        lock (gate)
        {
            // What a dying process still says may come after the host's end.
            if (!isClosed)
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():O} {who}: {line}"));
            }
        }
    }
}
