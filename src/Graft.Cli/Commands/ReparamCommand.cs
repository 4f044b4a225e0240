using System.Text.Json.Nodes;
using Graft.Data;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft reparam FILE --prompts EMB.npy --out FILE: text becomes convolutions, with a proof.</summary>
internal sealed class ReparamCommand : Command
{
    internal override string Name => "reparam";

    internal override string Summary => "bake words into convolutions, with a proof";

    internal override string Usage => """
        graft reparam RUN|FILE [--prompts EMB.npy|CLASSES.json|"a,b"] [--text-model DIR] [--neck conv|keep] [--config CONFIG] [--fold] [--allow-stand-ins] --out FILE
        graft reparam RUN|FILE --classes "a,b" [--data DATA] [--prompts ...] --out FILE

        Without --prompts the words of the file are baked in; with --classes, those of the run's data in this order, in the data's words. --out ends in .safetensors, or .pth for the original tools.
        """;

    protected override string[] Options => ["prompts=", "text-model=", "neck=", "config=", "fold", "out=", "classes=", "data=", "embeddings=", "vocabulary=", "allow-stand-ins"];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        string source = arguments.Target("RUN or FILE"), target = OutFile.Of(arguments, source, arguments.Value("prompts"), arguments.Value("embeddings"));
        bool neck = arguments.Choice("neck", "conv", "keep") != "keep";
        List<string> overrides = [.. arguments.Overrides, .. DataChoice.Of(arguments)];
        Vocabulary? words = arguments.Has("classes")
            ? WordOptions.OfClasses(source, overrides, DataSplit.Train, arguments)
            : WordOptions.Of(arguments, source);
        if (words is { WithoutMeaning: [_, ..] } && !arguments.Has("allow-stand-ins"))
        {
            throw new GraftException(
                Failure.Refused, $"{source}: {words.Notes[^1]}.",
                "Bake the words that it learned (leave --prompts out), or train with a text tower (text.model). --allow-stand-ins bakes them all the same.");
        }

        using TrainedModel model = TrainedModel.Open(source, overrides, words, arguments.Value("config"));
        output.Notes(model.Vocabulary.Notes);
        if (model.Detector is not ITextDetector)
        {
            throw new GraftException(Failure.Refused, $"{source} reads no words, so there is nothing to bake in.", "Only YOLO-World v2 takes words in.");
        }

        using Rewrite rewrite = Rewrite.Of(model.Detector);
        rewrite.Bake(neck);
        if (arguments.Has("fold"))
        {
            rewrite.FoldNorms();
        }

        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<ProofImage> pictures = ProofImages.From(model.Config);
        using Rewritten result = rewrite.Prove(new ProofOptions { CostSide = model.Config.Train.Imgsz }, pictures);
        RewriteFiles.Save(result, model, target);
        RewriteOutput.Print(result.Report, target, output);
        return 0;
    }
}
