namespace IdcFunctions.Infra.Tests;

public sealed class NetworkTests(Deployment deployment)
{
    [Fact]
    public void In_a_private_network_each_service_of_each_account_has_an_endpoint()
    {
        var expected = new[] { deployment.Everything.SlidesAccount, deployment.Everything.HostAccount }
            .SelectMany(account => (string[])["blob", "queue", "table"], (account, service) => ((string)account["id"]!, service));

        var endpoints = deployment.Everything.All("Microsoft.Network/privateEndpoints").Select(endpoint =>
        {
            Assert.EndsWith("/subnets/endpoints", (string?)endpoint["properties"]!["subnet"]!["id"], StringComparison.Ordinal);
            var connection = Assert.Single(endpoint["properties"]!["privateLinkServiceConnections"]!.AsArray())!["properties"]!;
            return ((string)connection["privateLinkServiceId"]!, (string)Assert.Single(connection["groupIds"]!.AsArray())!);
        });

        Assert.Equal(expected.Order(), endpoints.Order());
        Assert.Equal(6, deployment.Everything.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count);
        Assert.Equal(3, deployment.Everything.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count);
    }

    [Fact]
    public void In_a_private_network_the_programs_run_in_their_subnet_and_answer_there_only()
    {
        var environment = deployment.Everything.One("Microsoft.App/managedEnvironments")["properties"]!;

        Assert.Equal("Disabled", (string?)environment["publicNetworkAccess"]);
        Assert.True((bool)environment["vnetConfiguration"]!["internal"]!);
        Assert.EndsWith("/subnets/programs", (string?)environment["vnetConfiguration"]!["infrastructureSubnetId"], StringComparison.Ordinal);
    }

    [Fact]
    public void Subnets_do_not_overlap_and_have_rules()
    {
        var subnets = deployment.Everything.One("Microsoft.Network/virtualNetworks")["properties"]!["subnets"]!.AsArray();

        Assert.Equal([("programs", "10.20.0.0/22"), ("endpoints", "10.20.4.0/24")], subnets.Select(subnet => ((string)subnet!["name"]!, (string)subnet["properties"]!["addressPrefix"]!)));
        Assert.All(subnets, subnet => Assert.NotNull(subnet!["properties"]!["networkSecurityGroup"]));
    }

    [Fact]
    public void Without_it_there_is_no_network()
    {
        Assert.DoesNotContain(deployment.Prod.Resources, resource => ((string)resource["type"]!).StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.Null(deployment.Prod.One("Microsoft.App/managedEnvironments")["properties"]!["vnetConfiguration"]);
    }

    [Fact]
    public void Traffic_between_the_programs_is_encrypted() =>
        Assert.True((bool)deployment.Prod.One("Microsoft.App/managedEnvironments")["properties"]!["peerTrafficConfiguration"]!["encryption"]!["enabled"]!);
}
