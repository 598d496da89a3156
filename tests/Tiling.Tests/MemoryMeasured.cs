namespace IdcFunctions.Tiling.Tests;

/// <summary>Tests that measure the process's memory run alone.</summary>
[CollectionDefinition(nameof(MemoryMeasured), DisableParallelization = true)]
public sealed class MemoryMeasured;
