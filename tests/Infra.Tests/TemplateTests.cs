using System.Text.Json.Nodes;

namespace IdcFunctions.Infra.Tests;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("build")]
    [InlineData("lint")]
    public async Task The_template_has_no_error_and_no_warning(string command)
    {
        BicepProgram.Require();
        var compiled = Path.GetTempFileName();
        try
        {
            string[] arguments = command == "build" ? [command, Deployment.MainFile, "--outfile", compiled] : [command, Deployment.MainFile];

            Assert.Equal((0, ""), await BicepProgram.RunAsync(TestContext.Current.CancellationToken, arguments));
        }
        finally
        {
            File.Delete(compiled);
        }
    }

    [Fact]
    public async Task The_parameter_file_fits_the_template()
    {
        BicepProgram.Require();

        Assert.Equal((0, ""), await BicepProgram.RunAsync(TestContext.Current.CancellationToken, "lint", Deployment.ParametersFile));
    }

    [Fact]
    public async Task A_second_deployment_changes_nothing()
    {
        BicepProgram.Require();
        const string Parameters = "using 'main.bicep'";

        var first = await Deployment.PredictAsync(Parameters, "first", TestContext.Current.CancellationToken);
        var second = await Deployment.PredictAsync(Parameters, "second", TestContext.Current.CancellationToken);

        Assert.Equal(first.Select(resource => resource.ToJsonString()), second.Select(resource => resource.ToJsonString()));
        Assert.All(second, resource => Assert.DoesNotContain("deployment()", resource.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parameters_set_the_days_and_who_may_call()
    {
        BicepProgram.Require();
        var resources = await Deployment.PredictAsync(
            """
            using 'main.bicep'
            param packedPatchesDays = 9
            param deletedBlobsDays = 3
            param allowedAddresses = ['203.0.113.0/24', '198.51.100.7/32']
            """,
            "other",
            TestContext.Current.CancellationToken);
        JsonNode Properties(string type) => Assert.Single(resources, resource => (string?)resource["type"] == type)["properties"]!;

        var rule = Assert.Single(Properties("Microsoft.Storage/storageAccounts/managementPolicies")["policy"]!["rules"]!.AsArray())!;
        Assert.Equal(9, (int)rule["definition"]!["actions"]!["baseBlob"]!["delete"]!["daysAfterCreationGreaterThan"]!);
        Assert.Equal(3, (int)Properties("Microsoft.Storage/storageAccounts/blobServices")["deleteRetentionPolicy"]!["days"]!);
        Assert.Equal(
            [("203.0.113.0/24", "Allow"), ("198.51.100.7/32", "Allow")],
            Properties("Microsoft.Web/sites")["siteConfig"]!["ipSecurityRestrictions"]!.AsArray()
                .Select(restriction => ((string)restriction!["ipAddress"]!, (string)restriction["action"]!)));
    }
}
