namespace IdcFunctions.Slides.Runs;

/// <summary>Where a run stands. Who may move it, and to where: <see cref="RunTransitions"/>.</summary>
public enum RunState
{
    /// <summary>A rescore that waits behind new uploads.</summary>
    Waiting,

    /// <summary>Decided; its plan and batches are being made.</summary>
    Tiling,

    /// <summary>Planned; its batches are being scored.</summary>
    Scoring,

    /// <summary>All patches scored, exports written, published when it was wanted.</summary>
    Complete,

    /// <summary>Stopped for a reason that stands in the row; <c>retry</c> goes on with what is missing.</summary>
    Failed,

    /// <summary>Another run is wanted; nothing works on it any more.</summary>
    Superseded,

    /// <summary>Its rows and blobs are being deleted.</summary>
    Deleting,
}
