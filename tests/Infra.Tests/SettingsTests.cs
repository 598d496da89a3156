using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Api;
using IdcFunctions.Functions.Hosting;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Functions.SignIn;
using IdcFunctions.Functions.Telemetry;
using IdcFunctions.Functions.Viewing;
using IdcFunctions.Scoring;
using IdcFunctions.Storage;
using IdcFunctions.Tiling;
using IdcFunctions.Tiling.Isolation;
using Microsoft.Extensions.Configuration;

namespace IdcFunctions.Infra.Tests;

/// <summary>The settings that the template sets are those that host and app read.</summary>
public sealed partial class SettingsTests(Deployment deployment)
{
    private const string App = "Microsoft.App/containerApps";

    /// <summary>What the Functions host reads; it has no list of its own to compare with.</summary>
    private static readonly string[] OfHost =
    [
        "AzureFunctionsJobHost__extensions__queues__batchSize", "AzureFunctionsJobHost__extensions__queues__newBatchThreshold",
        "AzureFunctionsWebHost__hostid", "AzureWebJobsDisableHomepage", "AzureWebJobsSecretStorageType", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME",
    ];

    private static readonly string[] OfConnection = ["blobServiceUri", "clientId", "credential", "queueServiceUri", "tableServiceUri"];

    /// <summary>The app's sections, each with the options that are bound to it.</summary>
    private static readonly Dictionary<string, Type> Sections = new()
    {
        ["Auth"] = typeof(AuthOptions),
        ["Decoder"] = typeof(DecoderOptions),
        ["Exports"] = typeof(ExportOptions),
        ["Prices"] = typeof(PriceOptions),
        ["Requests"] = typeof(RequestLimits),
        ["Scoring"] = typeof(ScoringOptions),
        ["Sweep"] = typeof(Functions.SweepOptions),
        ["Telemetry"] = typeof(TelemetryOptions),
        ["Tiling"] = typeof(TilingOptions),
        ["View"] = typeof(ViewOptions),
        ["Work"] = typeof(WorkLimits),
    };

    [Fact]
    public async Task The_sections_are_those_that_the_program_binds()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Functions"), "*.cs", SearchOption.AllDirectories);
        var bound = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            bound.UnionWith(Binding().Matches(await File.ReadAllTextAsync(source, TestContext.Current.CancellationToken)).Select(match => $"{match.Groups[2].Value}: {match.Groups[1].Value.Split(',')[0]}"));
        }

        Assert.Equal(Sections.Select(section => $"{section.Key}: {section.Value.Name}").Order(StringComparer.Ordinal), bound);
    }

    [Theory]
    [InlineData("idc-app")]
    [InlineData("idc-scoring")]
    public void Each_setting_is_one_that_host_or_app_reads(string app) =>
        Assert.All(deployment.Everything.Settings(App, app).Keys, setting => Assert.True(OfHost.Contains(setting) || IsRead(setting), $"Nobody reads {setting}."));

    [Theory]
    [InlineData("idc-app")]
    [InlineData("idc-scoring")]
    public void Each_setting_that_has_no_default_is_set(string app)
    {
        var required = Sections
            .SelectMany(section => section.Value.GetProperties(), (section, property) => (section.Key, Property: property))
            .Where(one => one.Property.GetValue(Activator.CreateInstance(one.Property.DeclaringType!)) is null)
            .Select(one => $"{one.Key}__{one.Property.Name}")
            .Concat(OfConnection.SelectMany(name => (string[])[$"AzureWebJobsStorage__{name}", $"Slides__{name}"]));

        Assert.Subset(deployment.Everything.Settings(App, app).Keys.ToHashSet(), required.ToHashSet());
    }

    [Theory]
    [InlineData("idc-app", "AzureWebJobsStorage")]
    [InlineData("idc-app", "Slides")]
    [InlineData("idc-scoring", "AzureWebJobsStorage")]
    [InlineData("idc-scoring", "Slides")]
    public void A_connection_is_the_apps_identity_and_three_addresses_of_its_account(string app, string connection)
    {
        var account = (string)(connection == "Slides" ? deployment.Everything.SlidesAccount : deployment.Everything.HostAccount)["id"]!;
        var settings = deployment.Everything.Settings(App, app);

        Assert.DoesNotContain(connection, settings.Keys);
        Assert.Equal("managedidentity", settings[$"{connection}__credential"]);
        Assert.Matches($@"^\[reference\('[^']+/userAssignedIdentities/{app}', '[0-9-]+'\)\.clientId\]$", settings[$"{connection}__clientId"]);
        Assert.All(
            (string[])["blob", "queue", "table"],
            service => Assert.Matches($@"^\[reference\('{account}', '[0-9-]+'\)\.primaryEndpoints\.{service}\]$", settings[$"{connection}__{service}ServiceUri"]));
    }

    [Fact]
    public void Training_is_told_its_storage_by_the_same_names()
    {
        var app = deployment.Everything.Settings(App, "idc-app");
        var training = deployment.Everything.Settings("Microsoft.App/jobs", "idc-training");

        Assert.Subset(training.Keys.ToHashSet(), OfConnection.Select(name => $"Slides__{name}").ToHashSet());
        Assert.Equal(app["Slides__blobServiceUri"], training["Slides__blobServiceUri"]);
        Assert.Contains("idc-training", training["Slides__clientId"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_finds_its_storage_in_the_settings()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(deployment.Prod.Settings(App, "idc-app").Select(setting => KeyValuePair.Create(
                setting.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal),
                setting.Key.EndsWith("ServiceUri", StringComparison.Ordinal) ? $"https://{setting.Key}.example/" : setting.Value))!)
            .Build();

        var clients = StorageClients.Create(key => configuration[key]);

        Assert.Equal(
            ["slides__blobserviceuri.example", "slides__queueserviceuri.example", "slides__tableserviceuri.example"],
            [clients.Blobs.Uri.Host, clients.Queues.Uri.Host, clients.Tables.Uri.Host]);
    }

    [Fact]
    public void The_apps_settings_pass_the_apps_own_checks()
    {
        foreach (var app in (string[])["idc-app", "idc-scoring"])
        {
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection(deployment.Everything.Settings(App, app).Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)))
                .Build();
            foreach (var (section, type) in Sections)
            {
                var options = configuration.GetSection(section).Get(type) ?? Activator.CreateInstance(type)!;
                Validator.ValidateObject(options, new(options), validateAllProperties: true);
            }

            Assert.Equal(AuthMode.EasyAuth, configuration.GetSection("Auth").Get<AuthOptions>()!.Mode);
        }
    }

    [Fact]
    public async Task The_limits_of_requests_are_documented_with_their_defaults()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md"), TestContext.Current.CancellationToken);
        var defaults = new RequestLimits();

        Assert.Equal(
            typeof(RequestLimits).GetProperties()
                .Select(limit => (limit.Name, Default: limit.GetValue(defaults), Range: limit.GetCustomAttribute<RangeAttribute>()!))
                .Select(limit => string.Create(CultureInfo.InvariantCulture, $"| `Requests__{limit.Name}` | {limit.Default:N0} | {limit.Range.Minimum:N0} to {limit.Range.Maximum:N0} |"))
                .Order(StringComparer.Ordinal),
            Limit().Matches(text).Select(row => row.Value).Order(StringComparer.Ordinal));
    }

    private static bool IsRead(string setting) => setting.Split("__") is [var section, var name]
        && (section is "AzureWebJobsStorage" or "Slides"
            ? OfConnection.Contains(name)
            : Sections.TryGetValue(section, out var type) && type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance) is not null);

    [GeneratedRegex(@"AddOptionsWithValidateOnStart<([\w, ]+)>\(\)\.BindConfiguration\(""(\w+)""\)")]
    private static partial Regex Binding();

    [GeneratedRegex(@"^\| `Requests__\w+` \|[^|]+\|[^|]+\|", RegexOptions.Multiline)]
    private static partial Regex Limit();
}
