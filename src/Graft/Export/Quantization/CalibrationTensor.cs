namespace Graft.Export;

/// <summary>One input of a model, as calibration and measurements feed it.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="Values">Dense row-major values.</param>
/// <param name="Shape">Sizes; their product is the number of values.</param>
public sealed record CalibrationTensor(string Name, float[] Values, IReadOnlyList<long> Shape);
