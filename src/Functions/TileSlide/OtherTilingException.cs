using IdcFunctions.Tiling;

namespace IdcFunctions.Functions;

/// <summary>A run was decided by a program that cuts other patches than this one. Patches of two are never mixed in one result.</summary>
/// <param name="version">The tiling version that the run was decided with.</param>
public sealed class OtherTilingException(string version)
    : Exception($"it was decided with tiling {version}, and this program's is {TilingVersion.Current}.");
