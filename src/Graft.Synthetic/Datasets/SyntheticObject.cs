using Graft.Detectors;

namespace Graft.Synthetic;

/// <summary>One defect in a synthetic image: its box and its attributes.</summary>
/// <param name="Class">What it is.</param>
/// <param name="Box">Where, in whole pixels, each side at least 5.</param>
/// <param name="Tone">How it looks: bright, dark, shaded, brown...</param>
/// <param name="Shape">Its form: thin line, round spot...</param>
public sealed record SyntheticObject(SyntheticClass Class, Box Box, string Tone, string Shape);
