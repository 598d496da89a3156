using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdcFunctions.Training.Tests.Artefact;

/// <summary>config.json against what WSInfer's schema of model configurations, spec_version 1.0, asks for; other keys may stand beside.</summary>
public sealed class WSInferConfigurationTests
{
    private static readonly Dictionary<string, Func<JsonElement, bool>> Asked = new()
    {
        ["spec_version"] = value => value.ValueEquals("1.0"),
        ["architecture"] = IsString,
        ["num_classes"] = value => value.TryGetInt32(out var count) && count >= 1,
        ["patch_size_pixels"] = value => value.TryGetInt32(out var side) && side >= 1,
        ["spacing_um_px"] = value => value.GetDouble() >= 0,
        ["class_names"] = value => value.EnumerateArray().All(IsString) && value.EnumerateArray().Select(name => name.GetString()).Distinct().Count() == value.GetArrayLength(),
        ["transform"] = value => value.EnumerateArray().All(IsTransform),
    };

    [Fact]
    public void The_shipped_models_configuration_is_valid() => AssertValid(File.ReadAllText(Path.Combine(ShippedModel.FolderIn(Repository.Root), "config.json")));

    [Theory]
    [InlineData("spec_version", "\"1.1\"")]
    [InlineData("architecture", "16")]
    [InlineData("num_classes", "0")]
    [InlineData("num_classes", "2")]
    [InlineData("patch_size_pixels", "50.5")]
    [InlineData("spacing_um_px", "-4")]
    [InlineData("class_names", "[\"IDC\",\"IDC\"]")]
    [InlineData("class_names", "null")]
    [InlineData("transform", """[{"name":"Scale"}]""")]
    [InlineData("transform", """[{"name":"ToTensor","why":1}]""")]
    public void A_configuration_with_another_value_is_not(string key, string value)
    {
        var configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedModel.FolderIn(Repository.Root), "config.json")))!.AsObject();
        configuration[key] = JsonNode.Parse(value);

        Assert.NotEmpty(Faults(configuration.ToJsonString()));
    }

    /// <summary>Fails with the keys that the schema would refuse.</summary>
    internal static void AssertValid(string json) => Assert.Empty(Faults(json));

    private static List<string> Faults(string json)
    {
        using var document = JsonDocument.Parse(json);
        var faults = Asked.Where(asked => !document.RootElement.TryGetProperty(asked.Key, out var value) || !Holds(asked.Value, value)).Select(asked => asked.Key).ToList();

        // In words, in the description of class_names: as many as num_classes.
        if (faults.Count == 0 && document.RootElement.GetProperty("class_names").GetArrayLength() != document.RootElement.GetProperty("num_classes").GetInt32())
        {
            faults.Add("class_names");
        }

        return faults;
    }

    /// <summary>A value of another kind than asked for throws.</summary>
    private static bool Holds(Func<JsonElement, bool> asked, JsonElement value)
    {
        try
        {
            return asked(value);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsString(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool IsTransform(JsonElement value) =>
        value.GetProperty("name").GetString() is "Resize" or "ToTensor" or "Normalize"
        && value.EnumerateObject().All(part => part.Name == "name" || part is { Name: "arguments", Value.ValueKind: JsonValueKind.Object });
}
