namespace IdcFunctions.Training.Network;

/// <summary>What is to train.</summary>
public enum DeviceChoice
{
    /// <summary>A GPU where there is one that can be used, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>A GPU; without one nothing is trained.</summary>
    Cuda,
}
