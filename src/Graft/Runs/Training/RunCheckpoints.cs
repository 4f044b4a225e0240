using System.Globalization;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Writes the weight files of a run: last, best, adapter, prompts, kept epochs, and the resume file.</summary>
/// <param name="folder">Where to write.</param>
/// <param name="trainer">Holds the averaged weights and the state.</param>
/// <param name="detector">The detector in training.</param>
/// <param name="attached">Its adapters; null when the whole network is trained.</param>
/// <param name="vocabulary">Class names with the initial text embeddings.</param>
/// <param name="config">The configuration.</param>
/// <param name="record">The record that a resume compares.</param>
internal sealed class RunCheckpoints(
    RunFolder folder, Trainer trainer, IDetector detector, AttachedAdapters? attached, Vocabulary vocabulary, RunConfig config, RunRecord record)
{
    /// <summary>Writes the files after an epoch or an interruption.</summary>
    /// <param name="best">Whether the epoch is the best so far, or equals it.</param>
    internal void Save(bool best)
    {
        using (trainer.Average.Apply())
        {
            Dictionary<string, string> metadata = Metadata();
            Vocabulary current = (detector as ITextDetector)?.LearnedVocabulary() ?? vocabulary;
            Checkpoint.Write(folder.Last, detector, current, config, metadata);
            if (best)
            {
                SaveBest(current, metadata);
            }

            if (config.Train.SavePeriod > 0 && trainer.State.Epoch % config.Train.SavePeriod == 0 && trainer.State.StepInEpoch == 0)
            {
                Checkpoint.Write(folder.In("weights", string.Create(CultureInfo.InvariantCulture, $"epoch{trainer.State.Epoch}.safetensors")), detector, current, config, metadata);
            }
        }

        ResumeFile.Write(folder.Resume, trainer, detector.Network, record);
    }

    /// <summary>Notes in the resume file that the run ended because mAP did not improve.</summary>
    internal void SaveOutOfPatience() => ResumeFile.Write(folder.Resume, trainer, detector.Network, record with { OutOfPatience = true });

    private void SaveBest(Vocabulary current, Dictionary<string, string> metadata)
    {
        Checkpoint.Write(folder.Best, detector, current, config, metadata);
        if (attached is not null)
        {
            AdapterFile.Save(folder.Adapter, attached, current, metadata);
        }

        if (config.Text.Learn)
        {
            PromptTuning.Save(folder.Prompts, current);
        }
    }

    private Dictionary<string, string> Metadata()
    {
        Dictionary<string, string> metadata = new()
        {
            ["graft.epoch"] = trainer.State.Epoch.ToString(CultureInfo.InvariantCulture),
        };
        if (trainer.State.Measured)
        {
            metadata["graft.best_map"] = trainer.State.BestMap.ToString("r", CultureInfo.InvariantCulture);
        }

        if (attached is not null)
        {
            metadata[Checkpoint.BaseHashKey] = attached.BaseHash;
        }

        return metadata;
    }
}
