using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdcFunctions.Fixtures;

namespace IdcFunctions.Infra.Tests;

/// <summary>The images' files, read: nothing here builds an image. And their scripts, run.</summary>
public sealed partial class ImageTests : IDisposable
{
    private static readonly string Docker = Path.Combine(Repository.Root, "infra", "docker");
    private static readonly string[] Files = ["app.Dockerfile", "scoring.Dockerfile", "training-cpu.Dockerfile", "training-gpu.Dockerfile"];
    private static readonly string[] Functions =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Functions"), "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)!))
            .Order(StringComparer.Ordinal),
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("idc-images-");

    public static TheoryData<string> Dockerfiles { get; } = [.. Files];

    [Fact]
    public void Each_image_has_its_file() =>
        Assert.Equal(Files, Directory.EnumerateFiles(Docker, "*.Dockerfile").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Every_base_is_an_argument_of_an_exact_version(string file)
    {
        var versions = File.ReadAllLines(Path.Combine(Docker, "images.env")).Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#')).Select(line => line.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var text = Read(file);
        var bases = From().Matches(text).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(bases);
        Assert.All(bases, name => Assert.Contains(name, versions.Keys));
        Assert.All(bases, name => Assert.Contains($"ARG {name}\n", text, StringComparison.Ordinal));
        Assert.Equal(bases.Count, AnyFrom().Count(text));
        Assert.All(versions.Values, version => Assert.Matches(@"^[a-z0-9./-]+:[a-z]*-?\d[\w.-]*\d[\w.-]*$", version));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void The_program_runs_as_nobody_in_particular_and_starts_without_a_shell(string file)
    {
        var last = Read(file)[Read(file).LastIndexOf("\nFROM ", StringComparison.Ordinal)..];

        Assert.Matches(@"useradd --system --uid \d{5}", last);
        Assert.Equal("app", Assert.Single(Regex.Matches(last, @"^USER (\w+)$", RegexOptions.Multiline)).Groups[1].Value);
        Assert.Matches("(?m)^ENTRYPOINT \\[\"/[^\"]+\"\\]$", last);
        Assert.True(last.IndexOf("\nUSER ", StringComparison.Ordinal) > last.LastIndexOf("\nRUN ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Nothing_is_fetched_from_an_address_and_package_lists_do_not_stay(string file)
    {
        var text = Read(file);

        Assert.DoesNotMatch(@"(?m)^ADD |curl|wget|https?://(?!\+)|--allow-unauthenticated|:latest", text);
        Assert.All(Install().Matches(text), install =>
        {
            Assert.Contains("--no-install-recommends", install.Value, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists/*", install.Value, StringComparison.Ordinal);
        });
        Assert.DoesNotMatch("(?i)(password|secret|token|key)=", SecretsPath().Replace(text, ""));
    }

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void The_program_brings_its_own_runtime_and_its_libraries_are_looked_for_in_the_image(string file)
    {
        var text = Read(file);

        Assert.Matches(@"dotnet publish src/(Functions|Training) -c Release -r linux-x64 --self-contained", text);
        Assert.Equal(file is "scoring.Dockerfile" or "training-gpu.Dockerfile", text.Contains("-p:Accelerator=Cuda", StringComparison.Ordinal));
        Assert.Matches(@"libraries\.sh /home/(site/wwwroot|training)", text);
    }

    /// <summary>ONNX Runtime's package for GPUs brings a provider that needs TensorRT, which no image has: the training image could once not be built.</summary>
    [Theory]
    [InlineData("scoring.Dockerfile", "/home/site/wwwroot")]
    [InlineData("training-gpu.Dockerfile", "/home/training")]
    public void The_provider_that_needs_TensorRT_is_gone_before_the_libraries_are_looked_for(string file, string root) =>
        Assert.Matches($@"RUN rm -f {root}/libonnxruntime_providers_tensorrt\.so \\\n  && sh /usr/local/bin/libraries\.sh {root} ", Read(file));

    [Theory]
    [InlineData("app.Dockerfile")]
    [InlineData("scoring.Dockerfile")]
    public void Host_and_extension_bundle_lie_in_the_image_and_the_port_is_the_templates(string file)
    {
        var text = Read(file);

        Assert.Contains("COPY --from=functions /azure-functions-host /azure-functions-host", text, StringComparison.Ordinal);
        Assert.Contains("COPY --from=functions /FuncExtensionBundles /FuncExtensionBundles", text, StringComparison.Ordinal);
        Assert.Contains("AzureFunctionsJobHost__extensionBundle__downloadPath=/FuncExtensionBundles/Microsoft.Azure.Functions.ExtensionBundle", text, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS=http://+:8080", text, StringComparison.Ordinal);
        Assert.Contains("\nEXPOSE 8080\n", text, StringComparison.Ordinal);
        Assert.Contains("FUNCTIONS_SECRETS_PATH=/home/secrets", text, StringComparison.Ordinal);
        Assert.Contains("mkdir /home/secrets && chown app:app /home/secrets", text, StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"/azure-functions-host/Microsoft.Azure.WebJobs.Script.WebHost\"]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_locked_restore_for_the_images_runtime_finds_it_in_every_lock_file() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "packages.lock.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }),
        file => Assert.NotNull(JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!["net10.0/linux-x64"]));

    [Fact]
    public void The_sdk_of_the_images_is_one_that_the_repository_takes()
    {
        var wanted = Version.Parse((string)JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "global.json")))!["sdk"]!["version"]!);
        var image = Version.Parse(SdkImage().Match(File.ReadAllText(Path.Combine(Docker, "images.env"))).Groups[1].Value);

        Assert.Equal((wanted.Major, wanted.Minor), (image.Major, image.Minor));
        Assert.True(image >= wanted, $"global.json wants {wanted}; the image has {image}.");
    }

    [Fact]
    public void The_app_can_read_what_only_OpenSlide_reads() => Assert.Contains(" libopenslide0 ", Read("app.Dockerfile"), StringComparison.Ordinal);

    [Theory]
    [InlineData("training-cpu.Dockerfile")]
    [InlineData("training-gpu.Dockerfile")]
    public void A_trainings_plots_have_a_font(string file) => Assert.Contains(" fonts-dejavu-core ", Read(file), StringComparison.Ordinal);

    [Fact]
    public void The_images_that_the_template_names_are_those_that_are_built()
    {
        var named = TemplateImage().Matches(File.ReadAllText(Deployment.MainFile)).SelectMany(line => ImageName().Matches(line.Value)).Select(name => name.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        var built = BuiltImage().Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra", "images.sh"))).Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal);
        var published = PublishedImage().Matches(File.ReadAllText(Path.Combine(Repository.Root, ".github", "workflows", "images.yml"))).Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(["app", "scoring", "tiling", "training-cpu", "training-gpu"], named);
        Assert.Equal(published, built);
        Assert.Equal(published, named);
    }

    [Theory]
    [InlineData("app", "")]
    [InlineData("tiling", "ScoreBatch")]
    [InlineData("scoring", "CompleteSlide FailPoisonedBatch FailPoisonedCompletion FailPoisonedUpload Http SweepRuns TileSlide")]
    public async Task An_images_root_has_the_function_folders_of_its_role(string role, string without)
    {
        var published = Publish();

        var (exitCode, errors) = await RunAsync("layout.sh", published, Path.Combine(folder.FullName, role), role);

        Assert.Equal((0, ""), (exitCode, errors));
        var root = Path.Combine(folder.FullName, role);
        Assert.Equal(Functions.Except(without.Split(' ')), Functions.Where(function => File.Exists(Path.Combine(root, function, "function.json"))));
        Assert.True(File.Exists(Path.Combine(root, "host.json")));
        Assert.Equal(role != "scoring", Directory.Exists(Path.Combine(root, "wwwroot")));
        Assert.Equal(role != "scoring", Directory.Exists(Path.Combine(root, "models")));
    }

    [Theory]
    [InlineData("painting", "none of app")]
    [InlineData("tiling", "has no ScoreBatch")]
    public async Task A_root_that_can_not_be_made_says_why(string role, string reason)
    {
        var published = Publish();
        Directory.Delete(Path.Combine(published, "ScoreBatch"), recursive: true);

        var (exitCode, errors) = await RunAsync("layout.sh", published, Path.Combine(folder.FullName, "target"), role);

        Assert.Equal(2, exitCode);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_native_library_that_lacks_another_one_is_named()
    {
        BicepProgram.Require();
        var native = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libonnxruntime_providers_shared.so");
        var bytes = await File.ReadAllBytesAsync(native, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "whole.so"), bytes, TestContext.Current.CancellationToken);
        var (whole, _) = await RunAsync("libraries.sh", folder.FullName);

        // The same library, asking for a libq.so.6 that nobody has.
        var at = bytes.AsSpan().IndexOf("libc.so.6\0"u8);
        bytes[at + 3] = (byte)'q';
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "broken.so"), bytes, TestContext.Current.CancellationToken);
        var (broken, errors) = await RunAsync("libraries.sh", folder.FullName);
        var (excused, _) = await RunAsync("libraries.sh", folder.FullName, "libq.so.6");

        Assert.Equal((0, 1, 0), (whole, broken, excused));
        Assert.Equal("broken.so needs libq.so.6\n", errors);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    /// <summary>A folder in the shape of a published app.</summary>
    private string Publish()
    {
        var published = Path.Combine(folder.FullName, "published");
        foreach (var name in Functions.Concat(["models", "wwwroot"]))
        {
            Directory.CreateDirectory(Path.Combine(published, name));
            File.WriteAllText(Path.Combine(published, name, "function.json"), "{}");
        }

        File.WriteAllText(Path.Combine(published, "host.json"), "{}");
        File.WriteAllText(Path.Combine(published, "IdcFunctions.Functions"), "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(published, "IdcFunctions.Functions"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return published;
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Docker, file));

    private static async Task<(int ExitCode, string Errors)> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", [Path.Combine(Docker, script), .. arguments]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, errors);
    }

    [GeneratedRegex(@"^FROM \$\{(\w+)\}( AS \w+)?$", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex("^FROM ", RegexOptions.Multiline)]
    private static partial Regex AnyFrom();

    [GeneratedRegex(@"apt-get install(?:.*\\\n)*.*")]
    private static partial Regex Install();

    [GeneratedRegex(@"(FUNCTIONS_SECRETS_PATH=/home/secrets|AzureWebJobsSecretStorageType=files)")]
    private static partial Regex SecretsPath();

    [GeneratedRegex(@"^ +image: .*imageTag.*$", RegexOptions.Multiline)]
    private static partial Regex TemplateImage();

    [GeneratedRegex(@"'?(?<![\w-])(app|tiling|scoring|training-cpu|training-gpu)(?=[':])")]
    private static partial Regex ImageName();

    [GeneratedRegex(@"^  build ([\w-]+) ", RegexOptions.Multiline)]
    private static partial Regex BuiltImage();

    [GeneratedRegex(@"^SDK_IMAGE=.*:(\d+\.\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex SdkImage();

    [GeneratedRegex(@"image: ([\w-]+),")]
    private static partial Regex PublishedImage();
}
