namespace IdcFunctions.Training.Data;

/// <summary>What teachers say of the patches that a network is trained on (Hinton, Vinyals and Dean 2015).</summary>
/// <param name="Probabilities">P(IDC) of each patch, in the patches' order.</param>
/// <param name="Share">How much of a patch's target that is, 0 to 1; the rest is its label.</param>
public sealed record TaughtTargets(float[] Probabilities, double Share);
