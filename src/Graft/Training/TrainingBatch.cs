using Graft.Detection;
using Graft.Torch;

namespace Graft.Training;

/// <summary>Pictures and true boxes of one step.</summary>
/// <param name="Images">B×3×H×W bytes, RGB; the trainer's scope frees it.</param>
/// <param name="Targets">True boxes in input pixels.</param>
public sealed record TrainingBatch(Tensor Images, Targets Targets);

/// <summary>What the trainer draws from: the same batches for the same seed and epoch, whatever thread prepared them.</summary>
public interface ITrainingData
{
    /// <summary>Steps of one epoch.</summary>
    int StepsPerEpoch { get; }

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">Number from 0; with the seed it decides order and augmentation.</param>
    /// <param name="closing">Whether this is one of the last epochs, without mosaic.</param>
    /// <param name="skip">Batches of the epoch that were done before a resume.</param>
    /// <param name="stop">Ends the preparation early.</param>
    IEnumerable<TrainingBatch> Epoch(int epoch, bool closing, int skip, CancellationToken stop);
}
