namespace IdcFunctions.LocalHost;

/// <summary>What a site is made of: parts that are ended in the opposite order of their start, and what watches beside them until then.</summary>
public sealed class SiteParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly List<Task> watching = [];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Takes over a part.</summary>
    public void Add(IAsyncDisposable part) => parts.Push(part);

    /// <summary>Takes over what is to be done at the end.</summary>
    public void Add(Action atEnd) => parts.Push(new AsyncDisposal(atEnd));

    /// <summary>Starts something that goes on until the site ends.</summary>
    public void Watch(Func<CancellationToken, Task> run) => watching.Add(run(stopping.Token));

    /// <summary>Ends when a part that must go on has ended, with its error: the app, or anything that watches.</summary>
    public async Task CompletionAsync(Task app) => await await Task.WhenAny([app, .. watching]);

    /// <summary>Ends all of it, whatever goes wrong with one: the storage must be told to save.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await stopping.CancelAsync();
            await Task.WhenAll(watching);
        }
        finally
        {
            await EndPartsAsync();
            stopping.Dispose();
        }
    }

    private async ValueTask EndPartsAsync()
    {
        if (!parts.TryPop(out var part))
        {
            return;
        }

        try
        {
            await part.DisposeAsync();
        }
        finally
        {
            await EndPartsAsync();
        }
    }

    private sealed class AsyncDisposal(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}
