namespace IdcFunctions.Tiling;

/// <summary>Work on a sequence, a bounded number of items ahead of its reader: all cores are busy, and memory stays bounded.</summary>
internal static class Ahead
{
    /// <summary>Items at once that keep all cores busy while the reader works on one.</summary>
    public static int ForAllCores { get; } = Environment.ProcessorCount + 1;

    /// <summary>
    /// Applies a function to items on other threads; results come in the items' order. The items themselves are taken on
    /// the reader's thread. When the reader stops, nothing runs on, and results
    /// that it has not taken are disposed where they can be.
    /// </summary>
    /// <param name="items">The items.</param>
    /// <param name="most">How many are worked on ahead of the reader.</param>
    /// <param name="select">The function.</param>
    public static IEnumerable<TResult> Select<T, TResult>(IEnumerable<T> items, int most, Func<T, TResult> select)
    {
        var running = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                running.Enqueue(Task.Run(() => select(item)));
                if (running.Count > most)
                {
                    yield return running.Dequeue().GetAwaiter().GetResult();
                }
            }

            while (running.TryDequeue(out var task))
            {
                yield return task.GetAwaiter().GetResult();
            }
        }
        finally
        {
            // An error of these would come after the first one, which the reader has.
            ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            foreach (var unread in running.Where(task => task.IsCompletedSuccessfully))
            {
                (unread.Result as IDisposable)?.Dispose();
            }
        }
    }
}
