namespace IdcFunctions.Slides;

/// <summary>What is notable about a planned patch. A flag never removes a planned cell.</summary>
[Flags]
public enum PatchQualities
{
    /// <summary>Nothing to note.</summary>
    None = 0,

    /// <summary>Less than half of the patch is tissue by the tissue mask.</summary>
    LittleTissue = 1,
}
