namespace IdcFunctions.Tiling.Tests;

public sealed class AheadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Results_come_in_order_and_no_more_items_are_taken_than_may_be_worked_on(int most)
    {
        var taken = 0;
        var seen = 0;
        foreach (var result in Ahead.Select(Enumerable.Range(0, 50).Select(item => (taken++, item).item), most, item => item * item))
        {
            Assert.Equal(seen * seen, result);
            seen++;
            Assert.InRange(taken, seen, seen + most);
        }

        Assert.Equal(50, seen);
    }

    [Fact]
    public void An_error_comes_in_its_turn_and_nothing_runs_on_after_it()
    {
        var (started, ended) = (0, 0);
        using var late = new ManualResetEventSlim();
        var results = Ahead.Select(Enumerable.Range(0, 50), 3, item =>
        {
            Interlocked.Increment(ref started);
            if (item > 1)
            {
                late.Wait(TimeSpan.FromSeconds(30));
            }

            Interlocked.Increment(ref ended);
            return item == 1 ? throw new InvalidDataException("It is broken.") : item;
        });

        using var reader = results.GetEnumerator();
        Assert.True(reader.MoveNext());
        late.Set();
        Assert.Throws<InvalidDataException>(() => reader.MoveNext());
        Assert.Equal(started, ended);
        Assert.InRange(started, 2, 5);
    }

    [Fact]
    public void Results_that_a_reader_leaves_are_disposed()
    {
        var (made, disposed) = (0, 0);
        foreach (var result in Ahead.Select(Enumerable.Range(0, 50), 3, item => (Interlocked.Increment(ref made), new Disposal(() => Interlocked.Increment(ref disposed))).Item2))
        {
            result.Dispose();
            break;
        }

        Assert.Equal(made, disposed);
        Assert.InRange(made, 1, 4);
    }

    [Fact]
    public void A_reader_that_stops_early_waits_for_what_runs()
    {
        var (started, ended) = (0, 0);
        foreach (var item in Ahead.Select(Enumerable.Range(0, 50), 3, item => (Interlocked.Increment(ref started), Thread.Yield(), Interlocked.Increment(ref ended), item).item))
        {
            if (item == 4)
            {
                break;
            }
        }

        Assert.Equal(started, ended);
        Assert.InRange(started, 5, 8);
    }

    private sealed class Disposal(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
