using System.Security.Claims;
using System.Text;
using IdcFunctions.Functions.SignIn;

namespace IdcFunctions.Functions.Tests.SignIn;

public sealed class PlatformPrincipalTests
{
    [Theory]
    [InlineData("roles")]
    [InlineData("http://schemas.microsoft.com/ws/2008/06/identity/claims/role")]
    public void Name_and_roles_are_read_under_both_names_of_the_claim_and_nothing_else_is(string roleClaim)
    {
        var caller = Read($$"""
            {"auth_typ":"aad","name_typ":"name","role_typ":"http://schemas.microsoft.com/ws/2008/06/identity/claims/role","other":[1],
             "claims":[{"typ":"name","val":"A Reviewer"},{"typ":"{{roleClaim}}","val":"reviewer"},{"typ":"{{roleClaim}}","val":"reader"},{"typ":"ipaddr","val":"192.0.2.1"},{"typ":null,"val":null}]}
            """);

        Assert.Equal("A Reviewer", caller?.Identity?.Name);
        Assert.True(caller!.Identity!.IsAuthenticated);
        Assert.Equal(["reviewer", "reader"], caller.FindAll(ClaimTypes.Role).Select(claim => claim.Value));
        Assert.Equal(3, caller.Claims.Count());
    }

    [Theory]
    [InlineData("azp")]
    [InlineData("appid")]
    public void An_application_that_acts_for_nobody_goes_by_its_id(string claim)
    {
        var caller = Read($$"""{"auth_typ":"aad","name_typ":"name","role_typ":"roles","claims":[{"typ":"{{claim}}","val":"0a1b"},{"typ":"roles","val":"reviewer"}]}""");
        var person = Read($$"""{"auth_typ":"aad","name_typ":"name","role_typ":"roles","claims":[{"typ":"{{claim}}","val":"0a1b"},{"typ":"name","val":"A Reviewer"}]}""");

        Assert.Equal(("0a1b", "A Reviewer"), (caller?.Identity?.Name, person?.Identity?.Name));
    }

    [Theory]
    [InlineData("""{"auth_typ":"facebook","claims":[{"typ":"roles","val":"admin"}]}""")]
    [InlineData("""{"claims":[{"typ":"roles","val":"admin"}]}""")]
    [InlineData("""{"auth_typ":"aad"}""")]
    [InlineData("""{"auth_typ":"aad","claims":{}}""")]
    [InlineData("null")]
    public void Another_provider_or_another_shape_is_nobody(string json) => Assert.Null(Read(json));

    private static ClaimsPrincipal? Read(string json) => PlatformPrincipal.Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)));
}
