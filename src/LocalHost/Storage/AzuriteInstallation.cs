using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace IdcFunctions.LocalHost.Storage;

/// <summary>
/// Azurite, installed by npm from the lock file that came with this program, once for each lock file and user, below
/// the user's local application data.
/// </summary>
public static class AzuriteInstallation
{
    /// <summary>The folder to start Azurite in; installs it on first use.</summary>
    /// <param name="tell">Gets a line before the installation, which takes about a minute.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <exception cref="AzuriteException">Node or npm is missing, or the installation failed; the message says what to do.</exception>
    public static async Task<string> FindOrInstallAsync(Action<string> tell, CancellationToken cancellationToken)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "azurite");
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        var version = Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12];
        var installations = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
            "idcfunctions");
        var folder = Path.Combine(installations, $"azurite-{version}");
        if (!Directory.Exists(folder))
        {
            tell($"Installing the storage emulator Azurite (once, about a minute) into {folder} …");
            await InstallAsync(source, folder, cancellationToken);
        }

        return folder;
    }

    private static async Task InstallAsync(string source, string folder, CancellationToken cancellationToken)
    {
        // Installed beside and moved, so that a folder that exists is whole, also when two programs install at once.
        var unfinished = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(unfinished);
        try
        {
            foreach (var file in new[] { "package.json", "package-lock.json" })
            {
                File.Copy(Path.Combine(source, file), Path.Combine(unfinished, file), overwrite: true);
            }

            await RunNpmAsync(unfinished, cancellationToken);
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another program was faster.
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[] { "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund" })
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var npm = Process.Start(start)!;
            var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode != 0)
            {
                throw new AzuriteException(
                    $"npm could not install Azurite (exit code {npm.ExitCode}): {(await errors + await output).Trim()} "
                    + "Check that npm reaches its registry, then try again.");
            }
        }
        catch (Win32Exception exception)
        {
            throw new AzuriteException(
                $"npm can't be started ({exception.Message}). "
                + "Install Node.js 20 or newer, which brings it: Azurite, the storage emulator, runs on it.");
        }
    }
}
