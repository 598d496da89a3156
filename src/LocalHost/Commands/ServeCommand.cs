namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc</c> without a command: serves until Ctrl+C.</summary>
public static class ServeCommand
{
    /// <summary>The port that Azure Functions' own tools use.</summary>
    public const int DefaultPort = 7071;

    /// <summary>Serves. The first line on standard output is the page's address, alone.</summary>
    public static async Task<int> RunAsync(LocalSiteOptions options, CancellationToken cancellationToken)
    {
        await using var site = await LocalSite.OpenAsync(options, TimeProvider.System, Console.Error.WriteLine, cancellationToken);
        if (!site.IsOwner)
        {
            throw new IOException(
                $"{Path.GetFullPath(options.DataFolder)} is served already, at {site.Address}. "
                + "Use that, or give another folder with --data.");
        }

        Console.WriteLine(site.Address);
        await Console.Error.WriteLineAsync($"Serving until Ctrl+C; data in {Path.GetFullPath(options.DataFolder)}, log in {site.LogFile}.");
        await Console.Error.WriteLineAsync("Score slides from another terminal: idc score PATH… --results DIR");
        try
        {
            await site.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopping …");
        }

        return 0;
    }
}
