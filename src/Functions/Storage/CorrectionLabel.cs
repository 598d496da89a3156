namespace IdcFunctions.Functions.Storage;

/// <summary>What a reviewer says of a patch.</summary>
public enum CorrectionLabel
{
    /// <summary>It shows invasive ductal carcinoma.</summary>
    Idc,

    /// <summary>It does not.</summary>
    NotIdc,

    /// <summary>It is to be left out of training: blurred, folded, undecidable.</summary>
    Exclude,
}
