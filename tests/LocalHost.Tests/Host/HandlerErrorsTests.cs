using IdcFunctions.LocalHost.Host;

namespace IdcFunctions.LocalHost.Tests.Host;

public sealed class HandlerErrorsTests
{
    [Theory]
    [InlineData(30, 30, true)]
    [InlineData(30, 31, false)]
    [InlineData(31, 30, false)]
    public void The_third_error_ends_the_host_where_each_is_within_thirty_minutes_of_the_one_before(int toSecond, int toThird, bool ends)
    {
        var errors = new HandlerErrors();
        var first = DateTimeOffset.UnixEpoch;
        var second = first.AddMinutes(toSecond);

        Assert.False(errors.IsOneTooMany(first));
        Assert.False(errors.IsOneTooMany(second));
        Assert.Equal(ends, errors.IsOneTooMany(second.AddMinutes(toThird)));
    }
}
