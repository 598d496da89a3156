namespace IdcFunctions.Functions.Viewing;

/// <summary>A slide is being copied to be looked at, which takes longer than a request waits.</summary>
public sealed class ViewPreparingException(string slide) : Exception($"{slide}: it is being copied to be looked at.");
