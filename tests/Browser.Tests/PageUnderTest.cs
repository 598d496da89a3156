using Microsoft.Playwright;

namespace IdcFunctions.Browser.Tests;

/// <summary>An open page; at its end it must have said no error, a breach of its own Content-Security-Policy among them.</summary>
public sealed class PageUnderTest : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly List<string> errors = [];

    internal PageUnderTest(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => errors.Add(error);

        // A picture that can't be had is the app's answer and no error of the page.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                errors.Add(message.Text);
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>A button by its name.</summary>
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name });

    /// <summary>Drops a file on the page.</summary>
    public async Task DropAsync(string name, byte[] content) =>
        await Page.EvaluateAsync(
            """
            ([name, base64]) => {
              const dropped = new DataTransfer();
              dropped.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { lastModified: 1 }));
              for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer: dropped, bubbles: true, cancelable: true }));
            }
            """,
            new[] { name, Convert.ToBase64String(content) });

    /// <summary>Moves a slider.</summary>
    public async Task SlideAsync(string label, double value) =>
        await Page.GetByLabel(label).First.EvaluateAsync(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        Assert.Empty(errors);
    }
}
