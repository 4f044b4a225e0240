using System.Diagnostics;
using System.Text.Json.Nodes;
using Graft.Text;
using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm ACTION: PanoramaVLM, which describes 360° panoramas.</summary>
internal sealed class VlmCommand : Command
{
    private static readonly string[] Actions = ["check", "describe", "eval", "train", "forward", "tokens", "views"];

    internal override string Name => "vlm";

    internal override string Summary => "PanoramaVLM: check a checkpoint, describe panoramas, evaluate, train";

    internal override string Usage => """
        graft vlm check MODEL [--language-model DIR]     what becomes of every tensor, which LoRA would be used; exit code 4 unless explained
        graft vlm describe MODEL IMAGE... (--query TEXT | --instruction TEXT | --prompt-ids "5,6,96")
        graft vlm eval MODEL CSV --out PREFIX            PREFIX_predictions.csv and PREFIX_metrics.json
        graft vlm train MODEL CSV --out DIR --stage vision|resampler|finetune [--steps 100] [--lr 5e-5] [--batch 1]
                                                         [--rank 32] [--alpha 64] [--dropout 0] [--vicreg-batchwise]
        graft vlm forward MODEL --input pixel_values=FILE.npy [--input input_ids=FILE.npy ...] --out FILE.npz [--steps 8]
                                                         [--expect FILE.npz [--tolerance 1e-4]]: every stage's tensors, compared if you like
        graft vlm tokens TOKENIZER TEXT...               ids of texts, and the texts that they decode to
        graft vlm views IMAGE... --out FILE.npz [--side 224] [--crop ...]
                                                         what the vision tower sees, views×3×side×side in -1..1

        MODEL is a checkpoint, a folder with some (the best is taken, --last takes the last), or for check a JSON of names and shapes.
        CSV has the columns url, query, annotation; or url, instruction, response; or, to train without a tokenizer, url, prompt_ids, answer_ids.

        --lora auto|checkpoint|none|DIR   which LoRA (auto: inside the checkpoint or lora_weights beside it; both must agree)
        --aliases refuse|first|last       when two names of one tensor differ
        --allow NAME                      a name or pattern that may be missing or left over; may be repeated
        --config FILE, --tokenizer DIR    when they are not beside the checkpoint
        --system TEXT                     the system message
        --crop anyres_e2p|e2p|cubemap|sliding_window|resize|anyres|anyres_max  [--fov 90] [--view-overlap 0.5]
        --greedy, --temperature 0.7, --top-p 0.9, --top-k 50, --repetition-penalty 1.1, --max-new-tokens 128, --min-new-tokens 5, --seed N
        """;

    protected override string[] Options =>
    [
        "query=", "instruction=", "prompt-ids=", "out=", "stage=", "steps=", "lr=", "batch=", "rank=", "alpha=", "dropout=", "vicreg-batchwise",
        "input=*", "expect=", "tolerance=", "language-model=", "last", "lora=", "aliases=", "allow=*", "config=", "tokenizer=", "system=", "side=", "crop=", "fov=", "view-overlap=",
        "greedy", "temperature=", "top-p=", "top-k=", "repetition-penalty=", "max-new-tokens=", "min-new-tokens=",
    ];

    protected override int Run(Arguments arguments, Output output)
    {
        string action = arguments.Targets.Count > 0 ? arguments.Targets[0]
            : throw Arguments.Wrong("An action is missing.", "graft vlm --help lists them.");
        string model = arguments.Targets.Count > 1 ? arguments.Targets[1] : throw Arguments.Wrong("MODEL is missing.", "graft vlm --help shows where it goes.");
        string[] rest = [.. arguments.Targets.Skip(2)];
        return action switch
        {
            "check" => Check(model, arguments, output),
            "describe" => Describe(model, rest, arguments, output),
            "eval" => Evaluate(model, One(rest, "CSV"), arguments, output),
            "train" => Train(model, One(rest, "CSV"), arguments, output),
            "tokens" => Tokens(model, rest, output),
            "views" => Views([model, .. rest], arguments, output),
            "forward" => Forward(model, arguments, output),
            _ => throw Arguments.Wrong($"graft vlm has no action '{action}'.", Nearest.Suggestion(action, Actions)),
        };
    }

    private static int Check(string path, Arguments arguments, Output output)
    {
        PanoramaCheck check = PanoramaCheck.Of(path, VlmOptions.Opening(arguments));
        output.Line(check.ToString());
        output.Result(check.ToJson());
        return check is { IsExplained: true, HasEffect: true } ? 0 : (int)Failure.Model;
    }

    private static int Describe(string path, string[] images, Arguments arguments, Output output)
    {
        if (images.Length == 0)
        {
            throw Arguments.Wrong("IMAGE is missing.");
        }

        string? instruction = arguments.Value("instruction") ?? (arguments.Value("query") is { } query ? PanoramaDescriber.Question(query) : null);
        int[]? prompt = arguments.Value("prompt-ids") is { } ids ? VlmOptions.Ids(ids) : null;
        if (instruction is null == prompt is null)
        {
            throw Arguments.Wrong("Say either what to ask (--query or --instruction) or the prompt's ids (--prompt-ids).");
        }

        GenerationOptions generation = VlmOptions.Generation(arguments);
        PanoramaOptions views = VlmOptions.Views(arguments);
        using PanoramaModel opened = PanoramaModel.Open(path, VlmOptions.Opening(arguments));
        output.Line(opened.Check.ToString());
        PanoramaDescriber? describer = prompt is null ? VlmOptions.Describer(opened, arguments) : null;
        JsonArray answers = [];
        foreach (string image in images)
        {
            using TensorScope scope = TensorScope.Begin();
            Stopwatch watch = Stopwatch.StartNew();
            List<double> times = [];
            RgbImage picture = RgbImage.Load(image);
            int[] answer = describer?.Answer(picture, instruction!, generation, Chosen)
                ?? PanoramaGenerator.Generate(opened.Model, PanoramaViews.Pixels(picture, opened.Model.Options.Vision.Image, views).Unsqueeze(0), prompt!, [], generation, Chosen);
            string text = describer?.Text(answer) ?? string.Join(' ', answer);
            output.Line($"{image}: {text}");
            answers.Add(new JsonObject
            {
                ["image"] = image,
                ["answer"] = describer is null ? null : text,
                ["ids"] = new JsonArray([.. answer.Select(id => (JsonNode)id)]),
                ["first_token_seconds"] = times.Count > 0 ? times[0] : null,
                ["tokens_per_second"] = times.Count > 1 ? (times.Count - 1) / (times[^1] - times[0]) : null,
            });

            void Chosen(int id)
            {
                times.Add(watch.Elapsed.TotalSeconds);
                output.Progress($"{image}: {Counted.Of(times.Count, "token")}");
            }
        }

        output.Result(new JsonObject { ["answers"] = answers, ["check"] = opened.Check.ToJson() });
        return 0;
    }

    private static int Evaluate(string path, string csv, Arguments arguments, Output output)
    {
        string prefix = arguments.Required("out");
        GenerationOptions generation = VlmOptions.Generation(arguments);
        using PanoramaModel opened = PanoramaModel.Open(path, VlmOptions.Opening(arguments));
        output.Line(opened.Check.ToString());
        PanoramaScores scores = PanoramaEvaluation.Run(VlmOptions.Describer(opened, arguments), csv, prefix, generation,
            (done, of) => output.Progress($"{done} of {Counted.Of(of, "row")}"));
        output.Table(["rows", "scored", "empty", "no reference", "errors", "BLEU-4", "METEOR", "ROUGE-L"],
            [[$"{scores.Samples}", $"{scores.Scored}", $"{scores.Empty}", $"{scores.WithoutReference}", $"{scores.Errors.Count}",
                $"{scores.Bleu4:f4}", $"{scores.Meteor:f4}", $"{scores.RougeL:f4}"]]);
        foreach (PanoramaError error in scores.Errors)
        {
            output.Note($"line {error.Row}: {error.Message}");
        }

        output.Result(new JsonObject
        {
            ["predictions"] = prefix + "_predictions.csv",
            ["metrics"] = prefix + "_metrics.json",
            ["samples"] = scores.Samples,
            ["scored"] = scores.Scored,
            ["empty"] = scores.Empty,
            ["without_reference"] = scores.WithoutReference,
            ["errors"] = new JsonArray([.. scores.Errors.Select(error => new JsonObject { ["row"] = error.Row, ["image"] = error.Image, ["message"] = error.Message })]),
            ["bleu4"] = scores.Bleu4,
            ["meteor"] = scores.Meteor,
            ["rouge_l"] = scores.RougeL,
            ["check"] = opened.Check.ToJson(),
        });
        return scores.Errors.Count == scores.Samples ? (int)Failure.Data : 0;
    }

    private static int Train(string path, string csv, Arguments arguments, Output output)
    {
        PanoramaTrainingOptions options = VlmOptions.Training(arguments);
        PanoramaTrainingResult result = PanoramaTraining.Run(new PanoramaTrainingRequest(path, csv, arguments.Required("out"))
        {
            Opening = VlmOptions.Opening(arguments),
            Views = VlmOptions.Views(arguments),
            Options = options,
            Tokenizer = arguments.Value("tokenizer"),
            SystemMessage = arguments.Value("system"),
            Batch = arguments.Integer("batch", 1, 1, 4096),
            Seed = arguments.Integer("seed", 0),
        }, (done, loss) => output.Progress($"step {done} of {options.Steps}, loss {loss:g4}"));
        output.Line($"{result.Output}: {Counted.Of(result.Losses.Count, "step")}, {Counted.Of(result.TrainedValues, "value")} learned"
            + (result.Losses.Count == 0 ? "" : $", loss {result.Losses[0]:g4} to {result.Losses[^1]:g4}"));
        if (result.LoraModules > 0)
        {
            output.Line($"LoRA of {Counted.Of(result.LoraModules, "layer")}, {result.ZeroModules} of them zero{(result.LoraHasEffect ? "" : ": it has no effect")}");
        }

        output.Result(result.ToJson());
        return 0;
    }

    private static int Forward(string path, Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        return TensorFiles.Write(arguments, PanoramaForward.Run(
            path, VlmOptions.Opening(arguments), TensorFiles.Inputs(arguments), arguments.Integer("steps", 8, 0, 1_000_000)), output);
    }

    private static int Tokens(string folder, string[] texts, Output output)
    {
        QwenTokenizer tokenizer = QwenTokenizer.Load(folder);
        JsonArray encoded = [];
        foreach (string text in texts)
        {
            int[] ids = tokenizer.Encode(text);
            output.Line(string.Join(' ', ids));
            encoded.Add(new JsonObject
            {
                ["text"] = text,
                ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
                ["decoded"] = tokenizer.Decode(ids),
            });
        }

        output.Result(new JsonObject { ["count"] = tokenizer.Count, ["texts"] = encoded });
        return 0;
    }

    private static int Views(string[] images, Arguments arguments, Output output)
    {
        using TensorScope scope = TensorScope.Begin();
        int side = arguments.Integer("side", 224, 1, 4096);
        PanoramaOptions views = VlmOptions.Views(arguments);
        return TensorFiles.Write(arguments, [.. images.Select(image => (Path.GetFileNameWithoutExtension(image), PanoramaViews.Pixels(RgbImage.Load(image), side, views)))], output);
    }

    private static string One(string[] targets, string what)
        => targets.Length == 1 ? targets[0] : throw Arguments.Wrong(targets.Length == 0 ? $"{what} is missing." : $"One {what} is expected.");
}
