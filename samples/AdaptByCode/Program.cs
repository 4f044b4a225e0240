using System.Globalization;
using Graft.Adapters;
using Graft.Data;
using Graft.Detectors;
using Graft.Evaluation;
using Graft.Models.YoloWorld;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Synthetic;
using Graft.Torch;
using Graft.Training;

// Attaches LoRA to a frozen detector by code, trains it on drawn images, and merges it into the weights with a proof.
// AdaptByCode [epochs] [folder]

int epochs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
string folder = args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "graft-adapt-by-code");

SyntheticOptions drawn = new() { Classes = ["hole", "stain"], Materials = ["brushed metal"] };
SyntheticDataset.Write(folder, [new("train", 1_000, 24) { Options = drawn }, new("val", 2_000, 8) { Options = drawn }]);
DetectionData data = DetectionData.Open(new DataOptions { Root = folder });

// A real program loads a base here: TrainedModel.Open("runs/detect/train", []).
TorchRuntime.Seed(7);
YoloWorldOptions sizes = new() { WidenFactor = 0.125, LastStageOutChannels = 512, NumClasses = 2 };
using IDetector detector = DetectorFactory.Create(sizes, Vocabulary.StandIn([.. data.Train.Prompts.Names], sizes.TextDim));

TuningOptions tuning = new() { Adapters = [new LoraOptions { At = ["neck.**"], Rank = 8 }] };
using AdapterPlan plan = Tuning.Plan(detector, tuning);
Console.WriteLine($"{plan.Adapters.Count} adapters: {plan.Trainable:N0} of {plan.Total:N0} values will learn");
AttachedAdapters attached = plan.Apply();

TrainOptions recipe = new() { Epochs = epochs, Batch = 4, Imgsz = 96, Lr = 0.01, CloseMosaic = 1, Workers = 1 };
using TrainingBatches batches = new(data.Train, new BatchOptions { Size = recipe.Batch, Side = recipe.Imgsz, Workers = recipe.Workers }, recipe);
using DetectorEvaluation evaluation = new(data.Val, recipe.Imgsz, new PostProcessOptions());
using (Trainer trainer = new(detector, recipe, batches, attached.Groups))
{
    trainer.Run(new Report(), () => new Validation(evaluation.Run(detector).Scores, []), save: _ => { }, CancellationToken.None);
    trainer.Average.Apply();                                    // the averaged weights are the result
}

detector.Network.Train(false);
using Rewritten merged = Merge.Exactly(detector);               // throws with the proof when it is not exact
merged.Save(Path.Combine(folder, "merged.safetensors"), "AdaptByCode");
RewriteReport proof = merged.Report;
Console.WriteLine($"merged: largest difference {proof.MaxAbs:g2}, boxes move {proof.BoxesMaxPx:g2} px, {proof.GflopsBefore:f3} to {proof.GflopsAfter:f3} GFLOP");
return proof.Exact && proof.Left.Count == 0 ? 0 : 1;

internal sealed class Report : IRunObserver
{
    public void OnStep(StepReport report) { }

    public void OnEpoch(EpochReport report)
        => Console.WriteLine($"epoch {report.Epoch + 1}: {string.Join(", ", report.Losses.Select(loss => $"{loss.Name} {loss.Value:f3}"))}; mAP50 {report.Scores?.Map50:f3}");

    public void OnNote(string note) => Console.Error.WriteLine(note);
}
