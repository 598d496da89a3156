namespace IdcFunctions.Slides;

/// <summary>What is notable about a planned patch. A flag never removes a planned cell.</summary>
[Flags]
public enum PatchQualities
{
    /// <summary>Nothing to note.</summary>
    None = 0,

    /// <summary>Less than half of the patch is tissue by the tissue mask.</summary>
    LittleTissue = 1,

    /// <summary>The patch is less sharp than all but 1 in 1,000 of the training patches.</summary>
    Blurred = 2,

    /// <summary>The patch holds pen, ink or black border: as much of it as would be enough tissue to plan a cell.</summary>
    PenOrBorder = 4,
}
