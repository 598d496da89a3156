using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc rebuild</c>: the tables from blobs alone.</summary>
public static class RebuildCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var command = new Command(
            "rebuild",
            "Restores the tables of all complete runs from what is stored in blobs; slides without one are scored anew.");
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() => RunAsync(options.Read(parsed, 0), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(LocalSiteOptions options, CancellationToken cancellationToken)
    {
        await using var site = await LocalSite.OpenAsync(options, TimeProvider.System, Console.Error.WriteLine, cancellationToken);
        using var client = SlidesClient.Connect(site.Address, TimeSpan.FromMinutes(10));
        int runs = 0, decided = 0;
        string? continuation = null;
        do
        {
            var address = continuation is null ? "api/rebuild" : $"api/rebuild?continuation={Uri.EscapeDataString(continuation)}";
            using var answer = await client.PostAsync(new Uri(address, UriKind.Relative), null, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            runs += page.GetProperty("runs").GetInt32();
            decided += page.GetProperty("decided").GetInt32();
            foreach (var left in page.GetProperty("leftOut").EnumerateArray())
            {
                var run = left.GetProperty("run").GetString();
                var slide = left.GetProperty("slide").GetString();
                Console.Error.WriteLine($"left out: run {run} of {slide}: {left.GetProperty("reason").GetString()}");
            }

            continuation = page.GetProperty("continuation").GetString();
        }
        while (continuation is not null);

        Console.WriteLine($"{runs} complete runs restored, {decided} slides without one are on their way again.");
        return 0;
    }
}
