using System.Globalization;
using Graft;
using Graft.Adapters;
using Graft.Rewriting;
using Graft.Training;

// Adapts a trained detector to other data with LoRA, and merges the adapters into the weights with a proof.
// AdaptByCode RUN|FILE DATA FOLDER [epochs]

using Detector trained = Detector.Open(args[0]);
using Detector adapted = trained.Adapt(args[1], new AdaptOptions
{
    Adapters = [new LoraOptions { At = ["neck.**"], Rank = 8 }],
    Epochs = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 60,
    WorkFolder = args[2],
    Observer = new RunObserver { Epoch = Console.WriteLine, Note = Console.Error.WriteLine },
});
Console.WriteLine($"{adapted.Training!.Summary.Trainable:N0} of {adapted.Training.Summary.Total:N0} parameters were trained");
RewriteReport proof = adapted.Merge(Path.Combine(args[2], "merged.safetensors"));    // throws with the proof when it is not exact
Console.WriteLine($"merged: largest difference {proof.MaxAbs:g2}, boxes move {proof.BoxesMaxPx:g2} px, {proof.GflopsBefore:f3} to {proof.GflopsAfter:f3} GFLOP");
