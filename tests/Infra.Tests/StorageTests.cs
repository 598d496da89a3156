using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

public sealed class StorageTests(Deployment deployment)
{
    private const string Account = "Microsoft.Storage/storageAccounts";

    [Fact]
    public void The_containers_are_exactly_the_codes() =>
        Assert.Equal(Containers.All.Order(StringComparer.Ordinal), deployment.Names($"{Account}/blobServices/containers"));

    [Fact]
    public void The_queues_are_exactly_the_codes() =>
        Assert.Equal(Queues.All.Order(StringComparer.Ordinal), deployment.Names($"{Account}/queueServices/queues"));

    [Fact]
    public void The_tables_are_exactly_the_codes() =>
        Assert.Equal(Tables.All.Order(StringComparer.Ordinal), deployment.Names($"{Account}/tableServices/tables"));

    [Fact]
    public void No_account_key_opens_the_account()
    {
        var properties = deployment.One(Account)["properties"]!;

        Assert.False((bool)properties["allowSharedKeyAccess"]!);
        Assert.False((bool)properties["isLocalUserEnabled"]!);
        Assert.False((bool)properties["isSftpEnabled"]!);
        Assert.True((bool)properties["defaultToOAuthAuthentication"]!);
    }

    [Fact]
    public void No_blob_is_public()
    {
        Assert.False((bool)deployment.One(Account)["properties"]!["allowBlobPublicAccess"]!);
        Assert.All(
            deployment.All($"{Account}/blobServices/containers"),
            container => Assert.Equal("None", (string?)container["properties"]!["publicAccess"]));
    }

    [Fact]
    public void Nothing_travels_or_rests_in_the_clear()
    {
        var properties = deployment.One(Account)["properties"]!;

        Assert.True((bool)properties["supportsHttpsTrafficOnly"]!);
        Assert.Equal("TLS1_2", (string?)properties["minimumTlsVersion"]);
        Assert.True((bool)properties["encryption"]!["requireInfrastructureEncryption"]!);
        Assert.False((bool)properties["allowCrossTenantReplication"]!);
    }

    [Fact]
    public void Only_the_page_may_write_blobs_from_a_browser()
    {
        var rule = Assert.Single(deployment.One($"{Account}/blobServices")["properties"]!["cors"]!["corsRules"]!.AsArray())!;

        Assert.Equal("PUT", (string?)Assert.Single(rule["allowedMethods"]!.AsArray()));
        Assert.EndsWith(".azurewebsites.net", (string?)Assert.Single(rule["allowedOrigins"]!.AsArray()), StringComparison.Ordinal);
        Assert.Equal(["content-type", "x-ms-*"], rule["allowedHeaders"]!.AsArray().Select(header => (string?)header));
    }

    [Fact]
    public void A_deleted_blob_can_be_restored_for_a_week()
    {
        var properties = deployment.One($"{Account}/blobServices")["properties"]!;

        Assert.True((bool)properties["deleteRetentionPolicy"]!["enabled"]!);
        Assert.Equal(7, (int)properties["deleteRetentionPolicy"]!["days"]!);
        Assert.True((bool)properties["containerDeleteRetentionPolicy"]!["enabled"]!);
    }

    [Fact]
    public void Packed_patches_and_nothing_else_go_after_30_days()
    {
        var rule = Assert.Single(deployment.One($"{Account}/managementPolicies")["properties"]!["policy"]!["rules"]!.AsArray())!;

        Assert.True((bool)rule["enabled"]!);
        Assert.Equal($"{Containers.Patches}/", (string?)Assert.Single(rule["definition"]!["filters"]!["prefixMatch"]!.AsArray()));
        var action = Assert.Single(rule["definition"]!["actions"]!.AsObject());
        Assert.Equal("baseBlob", action.Key);
        Assert.Equal("""{"delete":{"daysAfterCreationGreaterThan":30}}""", action.Value!.ToJsonString());
    }
}
