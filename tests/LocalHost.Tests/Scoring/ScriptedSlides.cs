using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdcFunctions.LocalHost.Tests.Scoring;

/// <summary>An app whose every answer about a slide is the next of a list, the last again and again; null for 404.</summary>
internal sealed class ScriptedSlides : IAsyncDisposable
{
    private readonly WebApplication app;

    private ScriptedSlides(WebApplication app) => this.app = app;

    /// <summary>Where it answers.</summary>
    public Uri Address => new(app.Urls.Single());

    /// <summary>Whether it has exports; their content is their name.</summary>
    public bool HasExports { get; set; } = true;

    /// <summary>Starts it.</summary>
    public static async Task<ScriptedSlides> StartAsync(params object?[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var asked = 0;
        app.MapGet("/api/slides/{slide}", () => answers[Math.Min(asked++, answers.Length - 1)] is { } answer ? Results.Json(answer) : Results.NotFound());
        var slides = new ScriptedSlides(app);
        app.MapGet("/api/slides/{slide}/exports/{file}", (string file) => slides.HasExports ? Results.Text(file) : Results.StatusCode(StatusCodes.Status410Gone));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return slides;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
