using IdcFunctions.Functions.Storage;
using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Tests.Storage;

/// <summary>The row of a run that was decided when its slide was uploaded.</summary>
internal static class ToyRunRow
{
    /// <summary>Makes it.</summary>
    public static RunRow Of(RunSettings settings, RunState state, DateTimeOffset decided) => new()
    {
        PartitionKey = SlideId.FromName(settings.Slide).Value,
        RowKey = settings.ToRunId().Value,
        Settings = RunRow.SettingsOf(settings),
        State = state.ToString(),
        Uploaded = decided,
        Decided = decided,
    };
}
