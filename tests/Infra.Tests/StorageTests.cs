using System.Text.Json.Nodes;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

public sealed class StorageTests(Deployment deployment)
{
    private const string Account = "Microsoft.Storage/storageAccounts";

    private Prediction[] Predictions => [deployment.Prod, deployment.Dev, deployment.Everything];

    [Fact]
    public void The_containers_are_exactly_the_codes() =>
        Assert.All(Predictions, prediction => Assert.Equal(Containers.All.Order(StringComparer.Ordinal), prediction.NamesOfSlides("blobServices/containers")));

    [Fact]
    public void The_queues_are_exactly_the_codes() =>
        Assert.All(Predictions, prediction => Assert.Equal(Queues.All.Order(StringComparer.Ordinal), prediction.NamesOfSlides("queueServices/queues")));

    [Fact]
    public void The_tables_are_exactly_the_codes() =>
        Assert.All(Predictions, prediction => Assert.Equal(Tables.All.Order(StringComparer.Ordinal), prediction.NamesOfSlides("tableServices/tables")));

    [Fact]
    public void The_hosts_account_has_nothing_of_ours() =>
        Assert.All(Predictions, prediction => Assert.Equal(prediction.All($"{Account}/blobServices/containers").Count, prediction.OfSlides("blobServices/containers").Count));

    [Fact]
    public void No_account_key_opens_an_account() => Assert.All(Accounts(), properties =>
    {
        Assert.False((bool)properties["allowSharedKeyAccess"]!);
        Assert.False((bool)properties["isLocalUserEnabled"]!);
        Assert.False((bool)properties["isSftpEnabled"]!);
        Assert.True((bool)properties["defaultToOAuthAuthentication"]!);
    });

    [Fact]
    public void No_blob_is_public()
    {
        Assert.All(Accounts(), properties => Assert.False((bool)properties["allowBlobPublicAccess"]!));
        Assert.All(
            deployment.Prod.OfSlides("blobServices/containers"),
            container => Assert.Equal("None", (string?)container["properties"]!["publicAccess"]));
    }

    [Fact]
    public void Nothing_travels_or_rests_in_the_clear() => Assert.All(Accounts(), properties =>
    {
        Assert.True((bool)properties["supportsHttpsTrafficOnly"]!);
        Assert.Equal("TLS1_2", (string?)properties["minimumTlsVersion"]);
        Assert.True((bool)properties["encryption"]!["requireInfrastructureEncryption"]!);
        Assert.False((bool)properties["allowCrossTenantReplication"]!);
    });

    [Fact]
    public void Only_the_page_may_write_slides_from_a_browser() => Assert.All(Predictions, prediction =>
    {
        var rule = Assert.Single(Assert.Single(prediction.OfSlides("blobServices"))["properties"]!["cors"]!["corsRules"]!.AsArray())!;

        Assert.Equal("PUT", (string?)Assert.Single(rule["allowedMethods"]!.AsArray()));
        Assert.Matches(@"^\[format\('https://\{0\}\.\{1\}', 'idc-app', reference\('[^']+/managedEnvironments/idc-environment'.*\.defaultDomain\)\]$", (string?)Assert.Single(rule["allowedOrigins"]!.AsArray()));
        Assert.Equal(["content-type", "x-ms-*"], rule["allowedHeaders"]!.AsArray().Select(header => (string?)header));
        Assert.All(
            prediction.All($"{Account}/blobServices").Except(prediction.OfSlides("blobServices")),
            blobs => Assert.Empty(blobs["properties"]!["cors"]!["corsRules"]!.AsArray()));
        Assert.All(
            prediction.All($"{Account}/queueServices").Concat(prediction.All($"{Account}/tableServices")),
            service => Assert.Empty(service["properties"]!["cors"]!["corsRules"]!.AsArray()));
    });

    [Fact]
    public void What_was_deleted_or_overwritten_can_be_had_back_for_a_stated_time_and_then_goes()
    {
        foreach (var (prediction, days) in (IEnumerable<(Prediction, int)>)[(deployment.Prod, 14), (deployment.Dev, 1)])
        {
            var properties = Assert.Single(prediction.OfSlides("blobServices"))["properties"]!;

            Assert.True((bool)properties["isVersioningEnabled"]!);
            Assert.True((bool)properties["deleteRetentionPolicy"]!["enabled"]!);
            Assert.True((bool)properties["containerDeleteRetentionPolicy"]!["enabled"]!);
            Assert.Equal(days, (int)properties["deleteRetentionPolicy"]!["days"]!);
            Assert.Equal(days, (int)properties["containerDeleteRetentionPolicy"]!["days"]!);
            var versions = Rules(prediction)["delete-old-versions"];
            Assert.Null(versions["filters"]!["prefixMatch"]);
            Assert.Equal(days, (int)Assert.Single(versions["actions"]!.AsObject(), action => action.Key == "version").Value!["delete"]!["daysAfterCreationGreaterThan"]!);
            Assert.Single(versions["actions"]!.AsObject());
        }
    }

    [Fact]
    public void Packed_patches_and_no_other_current_blobs_are_deleted_by_age()
    {
        var rules = Rules(deployment.Prod);

        Assert.Equal(["cool-old-slides", "delete-old-patches", "delete-old-versions"], rules.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"{Containers.Patches}/", (string?)Assert.Single(rules["delete-old-patches"]["filters"]!["prefixMatch"]!.AsArray()));
        Assert.Equal("""{"baseBlob":{"delete":{"daysAfterCreationGreaterThan":30}}}""", rules["delete-old-patches"]["actions"]!.ToJsonString());
    }

    [Fact]
    public void Slides_grow_cool_where_the_parameter_says_so()
    {
        var rule = Rules(deployment.Prod)["cool-old-slides"];

        Assert.Equal($"{Containers.Slides}/", (string?)Assert.Single(rule["filters"]!["prefixMatch"]!.AsArray()));
        Assert.Equal("""{"baseBlob":{"tierToCool":{"daysAfterCreationGreaterThan":90}}}""", rule["actions"]!.ToJsonString());
        Assert.DoesNotContain("cool-old-slides", Rules(deployment.Dev).Keys);
    }

    [Fact]
    public void Event_Grid_passes_the_firewall_and_in_a_private_network_nobody_else_does()
    {
        Assert.All(Accounts(), properties => Assert.Equal("AzureServices", (string?)properties["networkAcls"]!["bypass"]));
        Assert.All(deployment.Prod.All(Account), account => Assert.Equal("Allow", (string?)account["properties"]!["networkAcls"]!["defaultAction"]));
        Assert.All(deployment.Everything.All(Account), account =>
        {
            var rules = account["properties"]!["networkAcls"]!;
            Assert.Equal("Deny", (string?)rules["defaultAction"]);
            Assert.Empty(rules["ipRules"]!.AsArray());
            Assert.Empty(rules["virtualNetworkRules"]!.AsArray());
        });
    }

    private static Dictionary<string, JsonNode> Rules(Prediction prediction) =>
        prediction.One($"{Account}/managementPolicies")["properties"]!["policy"]!["rules"]!.AsArray()
            .Where(rule => (bool)rule!["enabled"]!)
            .ToDictionary(rule => (string)rule!["name"]!, rule => rule!["definition"]!);

    private IEnumerable<JsonNode> Accounts() => Predictions.SelectMany(prediction => prediction.All(Account)).Select(account => account["properties"]!);
}
