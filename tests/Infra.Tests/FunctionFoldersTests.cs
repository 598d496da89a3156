using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;
using IdcFunctions.Functions.Hosting;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

public sealed partial class FunctionFoldersTests
{
    private static readonly Dictionary<string, JsonArray> Bindings =
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Functions"), "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .ToDictionary(
                file => Path.GetFileName(Path.GetDirectoryName(file)!),
                file => JsonNode.Parse(File.ReadAllText(file))!["bindings"]!.AsArray());

    [Fact]
    public void Each_triggering_queue_and_its_poison_queue_trigger_one_function() =>
        Assert.Equal(
            Queues.Triggering.Concat(Queues.Triggering.Select(queue => queue + Queues.PoisonSuffix)).Order(StringComparer.Ordinal),
            Triggers("queueTrigger").Select(trigger => (string)trigger.Binding["queueName"]!).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_queue_of_a_trigger_exists() =>
        Assert.All(Triggers("queueTrigger"), trigger => Assert.Contains((string)trigger.Binding["queueName"]!, Queues.All));

    [Fact]
    public void A_queue_trigger_hands_over_text_under_the_envelopes_name_from_our_storage() =>
        Assert.All(Triggers("queueTrigger"), trigger =>
        {
            Assert.Equal("in", (string?)trigger.Binding["direction"]);
            Assert.Equal(QueueEnvelope.Binding, (string?)trigger.Binding["name"]);
            Assert.Equal("Slides", (string?)trigger.Binding["connection"]);
            Assert.Null(trigger.Binding["dataType"]);
        });

    [Fact]
    public void The_sweep_runs_every_few_minutes_and_at_start()
    {
        var (folder, binding) = Assert.Single(Triggers("timerTrigger"));

        Assert.Equal("SweepRuns", folder);
        Assert.Equal("in", (string?)binding["direction"]);
        Assert.Matches(SixFields(), (string)binding["schedule"]!);
        Assert.True((bool)binding["runOnStartup"]!);
    }

    [Fact]
    public void Queue_and_timer_functions_have_the_names_of_their_classes() =>
        Assert.All(
            Triggers("queueTrigger").Concat(Triggers("timerTrigger")),
            trigger => Assert.NotNull(typeof(QueueEnvelope).Assembly.GetType($"IdcFunctions.Functions.{trigger.Folder}")));

    [Fact]
    public void Http_is_one_anonymous_function_for_all_paths_and_one_for_the_probes()
    {
        var triggers = Triggers("httpTrigger").ToDictionary(trigger => trigger.Folder, trigger => trigger.Binding);

        Assert.Equal(["Health", "Http"], triggers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("health/{probe}", (string?)triggers["Health"]["route"]);
        Assert.Equal("{*path}", (string?)triggers["Http"]["route"]);
        Assert.All(triggers.Values, binding => Assert.Equal("anonymous", (string?)binding["authLevel"]));
        Assert.All(triggers.Keys, folder => Assert.Equal("http", (string?)Assert.Single(Bindings[folder], binding => (string?)binding!["direction"] == "out")!["type"]));
    }

    [Fact]
    public void Each_function_has_one_trigger()
    {
        Assert.NotEmpty(Bindings);
        Assert.All(Bindings, function => Assert.Single(function.Value, binding => ((string)binding!["type"]!).EndsWith("Trigger", StringComparison.Ordinal)));
    }

    private static List<(string Folder, JsonNode Binding)> Triggers(string type)
    {
        var triggers = Bindings.SelectMany(function => function.Value.Select(binding => (Folder: function.Key, Binding: binding!)))
            .Where(trigger => (string?)trigger.Binding["type"] == type)
            .ToList();
        Assert.NotEmpty(triggers);
        return triggers;
    }

    /// <summary>NCRONTAB, seconds first: five fields would be read as minutes first.</summary>
    [GeneratedRegex(@"^(\d+|\*|\*/\d+)( (\d+|\*|\*/\d+)){5}$")]
    private static partial Regex SixFields();
}
