namespace IdcFunctions.Slides.Runs;

/// <summary>The program that completed a run. What determined its result beside them stands in its settings.</summary>
/// <param name="Program">IdcFunctions' version, with the commit that it was built from.</param>
/// <param name="OnnxRuntime">ONNX Runtime's version.</param>
public sealed record RunVersions(string Program, string OnnxRuntime);
