using Azure;
using IdcFunctions.Storage;

namespace IdcFunctions.Functions.Tests.Storage;

public sealed class StorageErrorsTests
{
    public static TheoryData<Exception> GoneByThemselves =>
    [
        new RequestFailedException(0, "no answer"),
        new RequestFailedException(503, "busy"),
        new TaskCanceledException("hung"),
        new TimeoutException(),
        new EndOfStreamException("the body ended in its middle"),
        new HttpRequestException("refused"),
        new AggregateException(new TaskCanceledException("hung"), new RequestFailedException(429, "too many")),
    ];

    public static TheoryData<Exception> Permanent =>
    [
        new RequestFailedException(404, "gone"),
        new RequestFailedException(403, "no role"),
        new InvalidDataException("torn"),
        new AggregateException(new TaskCanceledException("hung"), new RequestFailedException(404, "gone")),
    ];

    [Theory]
    [MemberData(nameof(GoneByThemselves))]
    public void What_goes_away_by_itself_is_transient(Exception exception) => Assert.True(StorageErrors.IsTransient(exception));

    [Theory]
    [MemberData(nameof(Permanent))]
    public void What_stays_is_not(Exception exception) => Assert.False(StorageErrors.IsTransient(exception));
}
