using System.ComponentModel.DataAnnotations;
using IdcFunctions.Functions.SignIn;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace IdcFunctions.Functions.Tests.SignIn;

public sealed class AuthOptionsTests
{
    [Fact]
    public void An_app_that_was_not_told_how_callers_are_known_does_not_start()
    {
        var options = new AuthOptions();
        var failures = new List<ValidationResult>();

        var valid = Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true);

        Assert.False(valid);
        Assert.Contains("Auth__Mode", Assert.Single(failures).ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://+:80")]
    [InlineData("ASPNETCORE_URLS", "http://*:80")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:7071;http://0.0.0.0:80")]
    [InlineData("URLS", "http://192.0.2.1:80")]
    [InlineData("DOTNET_URLS", "http://[::]:80")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "8080")]
    [InlineData("CONTAINER_APP_NAME", "idc")]
    [InlineData("WEBSITE_INSTANCE_ID", "0123")]
    public void An_open_app_refuses_to_bind_anything_but_loopback(string setting, string value)
    {
        var validated = Validate(AuthMode.Open, (setting, value));

        Assert.True(validated.Failed);
        Assert.Contains(setting, validated.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:7071")]
    [InlineData("http://localhost:7071;http://[::1]:7071")]
    [InlineData("")]
    public void An_open_app_binds_loopback(string addresses) => Assert.True(Validate(AuthMode.Open, ("ASPNETCORE_URLS", addresses)).Succeeded);

    [Fact]
    public void An_app_behind_the_platforms_sign_in_binds_what_it_likes() =>
        Assert.True(Validate(AuthMode.EasyAuth, ("ASPNETCORE_URLS", "http://+:8080"), ("CONTAINER_APP_NAME", "idc")).Succeeded);

    private static ValidateOptionsResult Validate(AuthMode mode, params (string Name, string Value)[] settings) =>
        new AuthOptionsValidator(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build())
            .Validate(null, new AuthOptions { Mode = mode });
}
