using Graft.Adaptation;
using Graft.Evaluation;
using Graft.Runs;

namespace Graft.Synthetic;

/// <summary>Results of the demo.</summary>
/// <param name="Folder">The demo's folder.</param>
/// <param name="Seed">Seed of training.</param>
/// <param name="Size">Images and passes.</param>
/// <param name="Adaptation">The adapter: scores, proofs and files.</param>
/// <param name="Full">The training of every weight on the same images, for comparison.</param>
/// <param name="FullScores">Scores of the model with every weight trained, on the same validation images.</param>
/// <param name="Words">What is left of the base's own words.</param>
/// <param name="Speed">Milliseconds of an image in <c>Graft.Runtime</c>.</param>
/// <param name="Times">Seconds of each step, in their order.</param>
public sealed record DemoResult(
    string Folder, int Seed, DemoSize Size, AdaptResult Adaptation, TrainingResult Full, CocoScores FullScores, OldWords Words, double Speed, IReadOnlyList<(string Step, double Seconds)> Times)
{
    internal const string ProductFolder = "product";

    /// <summary>Seconds of everything.</summary>
    public double Seconds => Times.Sum(time => time.Seconds);

    /// <summary>Folder of the new product: <c>images/train</c>, <c>images/val</c> and their labels.</summary>
    public string Product => Path.Combine(Folder, ProductFolder);

    /// <summary>The page with the story.</summary>
    public string Page => Path.Combine(Folder, DemoPage.FileName);
}

/// <summary>The base's own words on images of its own defects: mAP of the base, and what other models retain of it.</summary>
/// <param name="Base">Scores of the base.</param>
/// <param name="Joined">The base and the adapted model in one.</param>
/// <param name="JoinedNew">Scores of the joined model on the new defects.</param>
/// <param name="Adapted">The adapted model alone, asked with the same words.</param>
/// <param name="Full">The model whose every weight was trained on the new defects.</param>
public sealed record OldWords(CocoScores Base, Retention Joined, CocoScores JoinedNew, Retention Adapted, Retention Full);

/// <summary>How much is drawn and trained.</summary>
/// <param name="TrainImages">Images that are labelled for training.</param>
/// <param name="ValImages">Images that results are measured on, of the new product and of the old words each.</param>
/// <param name="Epochs">Passes over the training images, of the adapter and of the whole network each.</param>
public sealed record DemoSize(int TrainImages, int ValImages, int Epochs);
