using IdcFunctions.Functions.Runs;

namespace IdcFunctions.Functions.Tests.Runs;

/// <summary>Only what a call gave is a place to go on from.</summary>
public sealed class RebuildContinuationTests
{
    [Theory]
    [InlineData("case~207~2Fa.svs/")]
    [InlineData("2!92!MDAwMDE0IWJhcnMvdGVzdDEudHh0ITAwMDAyOCE5OTk5LTEyLTMxVDIzOjU5OjU5Ljk5OTk5OTlaIQ--")]
    [InlineData("ü")]
    public void What_was_given_is_read_as_it_was(string marker) => Assert.Equal(marker, RebuildContinuation.FindMarker(RebuildContinuation.Of(marker)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.svs/")]
    [InlineData(".e3b0c442")]
    [InlineData("YS5zdnMv")]
    [InlineData("YS5zdnMv.00000000")]
    [InlineData("\0.\0")]
    [InlineData("YS5zdnMv.\0")]
    public void What_no_call_gave_is_none(string text) => Assert.Null(RebuildContinuation.FindMarker(text));

    [Fact]
    public void A_continuation_that_was_cut_or_lengthened_is_none()
    {
        var given = RebuildContinuation.Of("a.svs/");

        Assert.All(Enumerable.Range(0, given.Length), length => Assert.Null(RebuildContinuation.FindMarker(given[..length])));
        Assert.Null(RebuildContinuation.FindMarker(given + "0"));
        Assert.Null(RebuildContinuation.FindMarker("A" + given));
    }
}
