using System.Text.Json;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Messages;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Runs;

/// <summary>Reads the texts of queue messages.</summary>
public static class QueueMessages
{
    private const string SubjectPrefix = "/blobServices/default/containers/" + Containers.Slides + "/blobs/";

    /// <summary>Reads a message: one of the four kinds of <see cref="QueueMessage"/>.</summary>
    public static QueueMessage Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new QueueMessage.Unreadable();
            }

            if (root.TryGetProperty("v", out var version))
            {
                return version.TryGetInt32(out var number) && number > MessageSchema.Version
                    ? new QueueMessage.Newer(number)
                    : ReadOwn(root);
            }

            // Both of Event Grid's schemas carry the blob in their subject, not URL-encoded.
            return root.TryGetProperty("subject", out var subject)
                && subject.GetString() is { } path
                && path.StartsWith(SubjectPrefix, StringComparison.Ordinal)
                && path.Length > SubjectPrefix.Length
                ? new QueueMessage.SlideEvent(path[SubjectPrefix.Length..])
                : new QueueMessage.Unreadable();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new QueueMessage.Unreadable();
        }
    }

    private static QueueMessage ReadOwn(JsonElement root)
    {
        if (!root.TryGetProperty("slide", out var slideText) || !SlideId.TryParse(slideText.GetString(), out var slide)
            || !root.TryGetProperty("run", out var runText) || !RunId.TryParse(runText.GetString(), out var run))
        {
            return new QueueMessage.Unreadable();
        }

        if (!root.TryGetProperty("batch", out var batch))
        {
            return new QueueMessage.OfRun(slide!, run!, null);
        }

        return batch.TryGetInt32(out var number) && number >= 0
            ? new QueueMessage.OfRun(slide!, run!, number)
            : new QueueMessage.Unreadable();
    }
}
