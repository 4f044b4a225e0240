using Graft.Adapters;
using Graft.Detectors;
using Graft.Rewriting;
using Graft.Runs;
using Graft.Torch;

namespace Graft.Cli.Commands;

/// <summary>graft merge RUN --out FILE: adapters dissolve into the weights, with a proof; exit code 6 and no file when not exact.</summary>
internal sealed class MergeCommand : Command
{
    internal override string Name => "merge";

    internal override string Summary => "dissolve adapters into the weights, proved exact or refused";

    internal override string Usage => """
        graft merge RUN|FILE [--adapter FILE] [--config CONFIG] --out FILE [--tolerance REL] [--fold] [--completely]

        With --adapter the base comes first: graft merge BASE --adapter weights/adapter.safetensors --out FILE; the result has the adapter's words.
        Plain LoRA leaves nothing behind; other adapters keep their nonlinear rest in its cheapest exact form, and the report says what it
        costs. --fold folds normalisations too (the keys are then no longer the official ones). --completely refuses when anything stays.
        """;

    protected override string[] Options => ["out=", "tolerance=", "fold", "completely", "adapter=", "config="];

    protected override int Run(Arguments arguments, Output output)
    {
        TorchRuntime.Threads = arguments.Integer("threads", Environment.ProcessorCount);
        string source = arguments.Target("RUN or FILE"), target = OutFile.Of(arguments, source, arguments.Value("adapter"));
        using TrainedModel model = Open(source, arguments);
        using Rewrite rewrite = Rewrite.Of(model.Detector);
        rewrite.MergeAdapters(new MergeOptions { Completely = arguments.Has("completely") });
        if (arguments.Has("fold"))
        {
            rewrite.FoldNorms();
        }

        ProofOptions options = new() { CostSide = model.Config.Train.Imgsz };
        if (arguments.Has("tolerance"))
        {
            // A tolerance that somebody asks for is meant as it is.
            options = options with { Tolerance = options.Tolerance with { Single = arguments.Number("tolerance", 0, 0, 1), RoundingFactor = 0 } };
        }

        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<ProofImage> pictures = ProofImages.From(model.Config);
        using Rewritten result = rewrite.Prove(options, pictures);
        RewriteFiles.Save(result, model, target);
        RewriteOutput.Print(result.Report, target, output);
        return 0;
    }

    /// <summary>A run, or a base with the adapter file on it; a base without words of its own takes the adapter's.</summary>
    private static TrainedModel Open(string source, Arguments arguments)
    {
        if (arguments.Value("adapter") is not { } path)
        {
            return TrainedModel.Open(source, arguments.Overrides, config: arguments.Value("config"));
        }

        Vocabulary? words = null;
        if (TrainedModel.WordsOf(source) is null)
        {
            using AdapterFile file = AdapterFile.Open(path);
            words = file.Vocabulary;
        }

        TrainedModel model = TrainedModel.Open(source, arguments.Overrides, words, arguments.Value("config"));
        try
        {
            model.Load(path, path);
            model.Use(path);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
