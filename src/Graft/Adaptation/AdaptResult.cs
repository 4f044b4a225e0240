using Graft.Evaluation;
using Graft.Export;
using Graft.Rewriting;
using Graft.Runs;

namespace Graft.Adaptation;

/// <summary>The outcome of an adaptation.</summary>
/// <param name="Folder">The folder that was written.</param>
/// <param name="Plan">What was chosen, with reasons.</param>
/// <param name="Training">The training run.</param>
/// <param name="ZeroShot">Scores of the base with the words, on the validation images.</param>
/// <param name="Adapted">Scores of the adapted model on the same images.</param>
/// <param name="Merge">The proof of the merged model.</param>
/// <param name="Join">The joined model with its proof; null where the base has no words of its own.</param>
/// <param name="Export">The ONNX file with its proof.</param>
/// <param name="Onnx">Scores of the ONNX file on the same images.</param>
/// <param name="Seconds">Seconds for everything.</param>
public sealed record AdaptResult(
    AdaptFolder Folder, AdaptPlan Plan, TrainingResult Training, CocoScores ZeroShot, CocoScores Adapted, RewriteReport Merge, JoinReport? Join,
    ExportReport Export, CocoScores Onnx, double Seconds)
{
    /// <summary>Class names, in label order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Final boxes of the adapted model and of <c>Graft.Runtime</c> with the ONNX file, over all validation images, from the default
    /// score on; a box that rounding moves across that score has a partner below it.</summary>
    public required BoxComparison OnnxBoxes { get; init; }

    /// <summary>Share of what the base detects by its own words that the joined model keeps: 1 where the proof found every output bit for bit equal;
    /// null without a joined model.</summary>
    public double? Retention => Join is null ? null : Join.Exact ? 1 : 0;

    /// <summary>Commands to go on with.</summary>
    public required IReadOnlyList<string> Next { get; init; }

    /// <summary>What the user must know, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
