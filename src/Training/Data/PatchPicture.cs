namespace IdcFunctions.Training.Data;

/// <summary>What a file of a data set holds.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Pixels">uint8 RGB [50, 50, 3]; null where the picture has another size, or can't be read.</param>
/// <param name="DifferenceHash">What <see cref="NearDuplicateSearch"/> knows it by; null where it has no pixels, or too little contrast.</param>
/// <param name="Fault">Why it can't be read, or null.</param>
public sealed record PatchPicture(string Name, byte[]? Pixels, ulong? DifferenceHash, string? Fault);
