using System.Security.Cryptography;
using System.Text.Json;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Storage;

/// <summary>What a label's row and column mean: on one content a cell of one grid is the same tissue, whichever run scored it.</summary>
/// <param name="Etag">The slide's ETag.</param>
/// <param name="SpacingX">Level 0's µm/px along x.</param>
/// <param name="SpacingY">Level 0's µm/px along y.</param>
/// <param name="TargetSpacingUmPx">The grid's µm/px.</param>
/// <param name="PatchSidePixels">A patch's side in pixels of that spacing.</param>
/// <param name="StridePixels">From one patch to the next, likewise.</param>
public sealed record LabelledContent(string Etag, double SpacingX, double SpacingY, double TargetSpacingUmPx, int PatchSidePixels, int StridePixels)
{
    /// <summary>What a plan's cells are of.</summary>
    public static LabelledContent Of(TilingPlan plan) =>
        new(
            plan.Settings.Etag,
            plan.Properties.SpacingX,
            plan.Properties.SpacingY,
            plan.Settings.Tiling.TargetSpacingUmPx,
            plan.Settings.Tiling.PatchSidePixels,
            plan.Settings.Tiling.StridePixels);

    /// <summary>A short name for it: 16 hex digits, equal where all of it is.</summary>
    public string ToToken() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this)))[..16];
}
