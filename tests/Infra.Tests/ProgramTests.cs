using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

/// <summary>The function apps and the training job as containers.</summary>
public sealed partial class ProgramTests(Deployment deployment)
{
    private const string App = "Microsoft.App/containerApps";
    private const string Job = "Microsoft.App/jobs";

    private IEnumerable<JsonNode> Apps => deployment.Prod.All(App).Concat(deployment.Dev.All(App)).Concat(deployment.Everything.All(App));

    [Fact]
    public void An_app_is_a_function_app_whose_scale_rules_the_platform_makes() => Assert.All(Apps, app =>
    {
        Assert.Equal("functionapp", (string?)app["kind"]);
        Assert.Equal(["maxReplicas", "minReplicas"], app["properties"]!["template"]!["scale"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void In_prod_one_replica_of_the_app_always_stays_and_in_dev_none()
    {
        Assert.Equal(1, (int)deployment.Prod.One(App, "idc-app")["properties"]!["template"]!["scale"]!["minReplicas"]!);
        Assert.Equal(0, (int)deployment.Dev.One(App, "idc-app")["properties"]!["template"]!["scale"]!["minReplicas"]!);
    }

    [Fact]
    public void On_a_gpu_scoring_is_an_app_of_its_own_that_scales_to_zero_and_the_other_app_does_not_score()
    {
        Assert.Equal(["idc-app"], deployment.Prod.All(App).Select(app => (string?)app["name"]));
        Assert.Equal("app:1.0.0", Image(deployment.Prod.One(App)));

        var scoring = deployment.Everything.One(App, "idc-scoring");
        Assert.Equal("tiling:1.0.0", Image(deployment.Everything.One(App, "idc-app")));
        Assert.Equal("scoring:1.0.0", Image(scoring));
        Assert.Equal(0, (int)scoring["properties"]!["template"]!["scale"]!["minReplicas"]!);
        Assert.Equal("Cuda", deployment.Everything.Settings(App, "idc-scoring")["Scoring__Provider"]);
    }

    [Fact]
    public void On_a_gpu_both_apps_mean_the_half_precision_graph_and_the_one_that_scores_needs_its_gpu()
    {
        var (deciding, scoring) = (deployment.Everything.Settings(App, "idc-app"), deployment.Everything.Settings(App, "idc-scoring"));

        Assert.Equal(("Fp16", "Fp16"), (deciding["Scoring__Precision"], scoring["Scoring__Precision"]));
        Assert.Equal(("true", false), (deciding["Scoring__ScoredElsewhere"], deciding.ContainsKey("Scoring__Provider")));
        Assert.Equal(("Cuda", "true"), (scoring["Scoring__Provider"], scoring["Scoring__RequireGpu"]));
    }

    [Fact]
    public void Without_a_gpu_the_app_scores_what_it_decides_in_single_precision()
    {
        var app = deployment.Prod.Settings(App, "idc-app");

        Assert.Equal(("Fp32", "false"), (app["Scoring__Precision"], app["Scoring__ScoredElsewhere"]));
    }

    [Fact]
    public void Each_program_runs_on_a_workload_profile_of_the_environment()
    {
        var profiles = Profiles(deployment.Everything);

        Assert.Equal(
            new() { ["Consumption"] = "Consumption", ["GpuT4"] = "Consumption-GPU-NC8as-T4", ["GpuA100"] = "Consumption-GPU-NC24-A100" },
            profiles);
        Assert.Equal(["Consumption", "GpuT4"], Profiles(deployment.Prod).Keys);
        Assert.Equal("Consumption", (string?)deployment.Everything.One(App, "idc-app")["properties"]!["workloadProfileName"]);
        Assert.Equal("GpuT4", (string?)deployment.Everything.One(App, "idc-scoring")["properties"]!["workloadProfileName"]);
        Assert.Equal("GpuA100", (string?)deployment.Everything.One(Job)["properties"]!["workloadProfileName"]);
        Assert.Equal("Consumption", (string?)deployment.Dev.One(Job)["properties"]!["workloadProfileName"]);
    }

    [Fact]
    public void The_profile_without_a_machine_of_its_own_has_the_only_name_that_the_platform_takes_for_it() =>
        Assert.All([deployment.Dev, deployment.Prod, deployment.Everything], prediction =>
            Assert.Equal("Consumption", Assert.Single(Profiles(prediction), profile => profile.Value == "Consumption").Key));

    [Fact]
    public void Training_starts_with_a_message_scales_to_zero_and_ends_in_time()
    {
        var job = deployment.Prod.One(Job)["properties"]!["configuration"]!;
        var scale = job["eventTriggerConfig"]!["scale"]!;
        var rule = Assert.Single(scale["rules"]!.AsArray())!;

        Assert.Equal("Event", (string?)job["triggerType"]);
        Assert.Equal(24 * 3600, (int)job["replicaTimeout"]!);
        Assert.Equal(0, (int)scale["minExecutions"]!);
        Assert.Equal("azure-queue", (string?)rule["type"]);
        Assert.Equal(Queues.TrainingRuns, (string?)rule["metadata"]!["queueName"]);
        Assert.Equal((string?)deployment.Prod.SlidesAccount["name"], (string?)rule["metadata"]!["accountName"]);
        Assert.EndsWith("/userAssignedIdentities/idc-training", (string?)rule["identity"], StringComparison.Ordinal);
        Assert.Null(rule["auth"]);
        Assert.Equal("training-gpu:1.0.0", Image(deployment.Prod.One(Job)));
        Assert.Equal("training-cpu:1.0.0", Image(deployment.Dev.One(Job)));
    }

    [Fact]
    public void Training_is_told_the_price_of_its_hour_or_none_its_most_hours_and_on_a_gpu_to_refuse_to_train_without_it()
    {
        // These take the place of the image's own arguments, all of them.
        Assert.Equal(["job", "--device", "Cuda", "--hour-price", "3.67", "--most-hours", "24"], Arguments(deployment.Everything));
        Assert.Equal(["job", "--device", "Cuda", "--hour-price", "0", "--most-hours", "24"], Arguments(deployment.Prod));
        Assert.Equal(["job", "--device", "Cpu", "--hour-price", "0", "--most-hours", "24"], Arguments(deployment.Dev));

        static IEnumerable<string?> Arguments(Prediction prediction) =>
            prediction.One(Job)["properties"]!["template"]!["containers"]!.AsArray().Single()!["args"]!.AsArray().Select(argument => (string?)argument);
    }

    [Fact]
    public void Probes_go_straight_to_the_container_and_give_the_handler_the_time_that_the_host_gives_it() => Assert.All(Apps, app =>
    {
        var probes = app["properties"]!["template"]!["containers"]!.AsArray().Single()!["probes"]!.AsArray().ToDictionary(probe => (string)probe!["type"]!, probe => probe!);

        Assert.Equal(["Liveness", "Readiness", "Startup"], probes.Keys.Order(StringComparer.Ordinal));
        Assert.All(probes.Values, probe =>
        {
            Assert.Equal("/health/live", (string?)probe["httpGet"]!["path"]);
            Assert.Equal(8080, (int)probe["httpGet"]!["port"]!);
        });
        Assert.True((int)probes["Startup"]["periodSeconds"]! * (int)probes["Startup"]["failureThreshold"]! > 120, "host.json: initializationTimeout is two minutes.");
    });

    [Fact]
    public void Only_https_reaches_the_app_and_nothing_reaches_the_scoring_app()
    {
        var ingress = deployment.Prod.One(App, "idc-app")["properties"]!["configuration"]!["ingress"]!;

        Assert.False((bool)ingress["allowInsecure"]!);
        Assert.Equal(8080, (int)ingress["targetPort"]!);
        Assert.Empty(ingress["ipSecurityRestrictions"]!.AsArray());
        Assert.Null(deployment.Everything.One(App, "idc-scoring")["properties"]!["configuration"]!["ingress"]);
    }

    [Fact]
    public void Named_address_ranges_may_call_the_app_and_no_others()
    {
        var restrictions = deployment.Everything.One(App, "idc-app")["properties"]!["configuration"]!["ingress"]!["ipSecurityRestrictions"]!.AsArray();

        Assert.Equal([("203.0.113.0/24", "Allow"), ("198.51.100.7/32", "Allow")], restrictions.Select(one => ((string)one!["ipAddressRange"]!, (string)one["action"]!)));
    }

    [Fact]
    public void Images_are_pulled_by_the_programs_identity_from_a_registry_without_passwords()
    {
        var registry = deployment.Everything.One("Microsoft.ContainerRegistry/registries");
        Assert.False((bool)registry["properties"]!["adminUserEnabled"]!);
        Assert.All(deployment.Everything.All(App).Concat(deployment.Everything.All(Job)), program =>
        {
            var pulled = Assert.Single(program["properties"]!["configuration"]!["registries"]!.AsArray())!;
            Assert.EndsWith($"/userAssignedIdentities/{program["name"]}", (string?)pulled["identity"], StringComparison.Ordinal);
            Assert.Null(pulled["passwordSecretRef"]);
        });
    }

    [Fact]
    public void No_program_has_a_secret_but_the_name_that_tells_the_platform_to_use_the_identity()
    {
        Assert.All(deployment.Everything.All(App).Concat(deployment.Everything.All(Job)), program =>
            Assert.All(program["properties"]!["configuration"]!["secrets"]!.AsArray(), secret =>
            {
                Assert.Equal("override-use-mi-fic-assertion-client-id", (string?)secret!["name"]);
                Assert.Matches(@"^\[reference\('[^']+/userAssignedIdentities/idc-app', '[0-9-]+'\)\.clientId\]$", (string?)secret["value"]);
            }));
    }

    /// <summary>The image's name and tag, without the registry's, which only Azure knows.</summary>
    private static string Image(JsonNode program) =>
        ImageOfRegistry().Match((string)program["properties"]!["template"]!["containers"]!.AsArray().Single()!["image"]!).Groups[1].Value;

    private static Dictionary<string, string> Profiles(Prediction prediction) =>
        prediction.One("Microsoft.App/managedEnvironments")["properties"]!["workloadProfiles"]!.AsArray()
            .ToDictionary(profile => (string)profile!["name"]!, profile => (string)profile!["workloadProfileType"]!);

    [GeneratedRegex(@"^\[format\('\{0\}/\{1\}', reference\('[^']+/registries/[^']+', '[0-9-]+'\)\.loginServer, '([^']+)'\)\]$")]
    private static partial Regex ImageOfRegistry();
}
