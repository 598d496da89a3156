using Azure;
using Azure.Data.Tables;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Functions.Storage;

/// <summary>A slide in table <c>Slides</c>: which run is wanted and how it stands, which is published and what it found.</summary>
public sealed class SlideRow : ITableEntity
{
    /// <inheritdoc/>
    public string PartitionKey { get; set; } = "";

    /// <summary>The slide's id.</summary>
    public string RowKey { get; set; } = "";

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp { get; set; }

    /// <inheritdoc/>
    public ETag ETag { get; set; }

    /// <summary>The blob's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>When the slide was first seen.</summary>
    public DateTimeOffset FirstUpload { get; set; }

    /// <summary>The run that is to be the slide's result; null for a slide that was refused or deleted.</summary>
    public string? WantedRun { get; set; }

    /// <summary>The ETag that the wanted run was decided for; of a deleted slide, the ETag that was deleted.</summary>
    public string? WantedEtag { get; set; }

    /// <summary>The wanted run's state, <c>Failed</c> for a slide that has none, or <c>Deleted</c>.</summary>
    public string Status { get; set; } = "";

    /// <summary>Step of the failure.</summary>
    public string? FailedStep { get; set; }

    /// <summary>Stable code of the failure.</summary>
    public string? FailureCode { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; set; }

    /// <summary>When the slide was deleted; null while it is there.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The run whose result is published.</summary>
    public string? PublishedRun { get; set; }

    /// <summary>The ETag of the published run.</summary>
    public string? PublishedEtag { get; set; }

    /// <summary>The published run's document (<c>run.json</c>), whole: result and provenance.</summary>
    public string? Published { get; set; }

    /// <summary>Predicted IDC of the published run in mm², for queries.</summary>
    public double? TumourAreaMm2 { get; set; }

    /// <summary>Distance of the published run's colours from the model's training cases, for queries; null where it was not measured.</summary>
    public double? StainDistance { get; set; }

    /// <summary>What is unlike the training cases' colours; null where nothing is.</summary>
    public string? StainWarning { get; set; }

    /// <summary>True where <paramref name="run"/> is the run that the slide's result is to come from.</summary>
    public static bool IsWanted(SlideRow? slide, RunId run) => slide is { DeletedAt: null } && slide.WantedRun == run.Value;

    /// <summary>The slide's key in <c>SlidesNewest</c>, by which it is listed.</summary>
    public KeyRow ListingKey()
    {
        var slide = SlideId.FromName(Name);
        return new KeyRow { PartitionKey = TableKeys.SlidePartition(slide), RowKey = TableKeys.NewestRow(slide, FirstUpload) };
    }

    /// <summary>Takes over why the wanted run failed; null where it did not.</summary>
    public void SetFailure(SlideFailure? failure) =>
        (FailedStep, FailureCode, Reason, Remedy) = (failure?.Step, failure?.Code, failure?.Reason, failure?.Remedy);

    /// <summary>Publishes a complete run.</summary>
    public void Publish(RunDocument document)
    {
        Status = nameof(RunState.Complete);
        PublishedRun = document.Run;
        PublishedEtag = document.Settings.Etag;
        Published = System.Text.Encoding.UTF8.GetString(document.ToJson());
        TumourAreaMm2 = document.Summary.TumourAreaMm2;
        StainDistance = document.Stain?.Distance;
        StainWarning = document.Stain?.Warning;
        SetFailure(null);
    }
}
