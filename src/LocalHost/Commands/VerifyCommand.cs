using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using IdcFunctions.LocalHost.Scoring;

namespace IdcFunctions.LocalHost.Commands;

/// <summary><c>idc verify</c>: whether results still are what they were.</summary>
public static class VerifyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SiteOptions options)
    {
        var slides = new Argument<string[]>("slides")
        {
            Description = "Ids of slides; none for all that have a result",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(
            "verify",
            "Computes the hashes of results again, from the slide to the exports, and says what has changed. "
            + "Exit code 1 when anything has.")
        {
            slides,
        };
        command.SetAction((parsed, cancellationToken) => IdcCommand.TellErrorsAsync(() =>
            RunAsync(options.Read(parsed, 0), parsed.GetValue(slides)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(LocalSiteOptions options, string[] named, CancellationToken cancellationToken)
    {
        await using var site = await LocalSite.OpenAsync(options, TimeProvider.System, Console.Error.WriteLine, cancellationToken);
        using var client = SlidesClient.Connect(site.Address, TimeSpan.FromMinutes(10));
        var changed = 0;
        foreach (var slide in named is [_, ..] ? named.AsEnumerable() : await PublishedAsync(client, cancellationToken))
        {
            var address = new Uri($"api/slides/{Uri.EscapeDataString(slide)}/verification", UriKind.Relative);
            using var answer = await client.GetAsync(address, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                changed++;
                Console.WriteLine($"{slide}: {await ReasonAsync(answer, cancellationToken)}");
                continue;
            }

            var verification = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            var isUnchanged = verification.GetProperty("isUnchanged").GetBoolean();
            changed += isUnchanged ? 0 : 1;
            Console.WriteLine($"{slide}: {(isUnchanged ? "unchanged" : "changed")}");
            var parts = verification.GetProperty("parts").EnumerateArray();
            foreach (var part in parts.Where(part => part.GetProperty("state").GetString() is "Changed" or "Missing"))
            {
                var expected = part.GetProperty("expected").GetString();
                var found = part.GetProperty("found").GetString() ?? "gone";
                Console.WriteLine($"  {part.GetProperty("part").GetString()}: was {expected}, is {found}");
            }
        }

        return changed == 0 ? 0 : 1;
    }

    /// <summary>What the app says; where its host answers in its place, there is no more than the status.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).TryGetProperty("detail", out var detail)
            ? detail.GetString()!
            : $"it can't be verified: the app answered {(int)answer.StatusCode}. Its log says why.";

    /// <summary>The slides that have a result, whatever a later run of theirs is at.</summary>
    private static async Task<List<string>> PublishedAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var slides = new List<string>();
        string? continuation = null;
        do
        {
            var query = continuation is null ? "" : $"?continuation={Uri.EscapeDataString(continuation)}";
            var page = await client.GetFromJsonAsync<JsonElement>($"api/slides{query}", cancellationToken);
            slides.AddRange(page.GetProperty("items").EnumerateArray()
                .Where(static slide => slide.GetProperty("result").ValueKind == JsonValueKind.Object
                    && slide.GetProperty("status").GetString() is not (SlidesClient.Deleted or SlidesClient.Purging))
                .Select(static slide => slide.GetProperty("slideId").GetString()!));
            continuation = page.GetProperty("continuation").GetString();
        }
        while (continuation is not null);

        return slides;
    }
}
