using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Tiling;

/// <summary>
/// Takes patches as they are cut, in grid order, some at a time. Cutting waits for it, so that no more pixels are held
/// than it can take.
/// </summary>
/// <param name="cells">The cells.</param>
/// <param name="patches">Their patches, uint8 RGB, NHWC [cells, side, side, 3]; valid until the call has ended.</param>
/// <param name="cancellationToken">Stops it.</param>
public delegate ValueTask PatchReceiver(IReadOnlyList<PlannedCell> cells, ReadOnlyMemory<byte> patches, CancellationToken cancellationToken);
