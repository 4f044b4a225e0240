using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Graft.Cli.CommandLine;
using Graft.Cli.Rendering;
using Graft.Torch;
using Graft.VisionLanguage;

namespace Graft.Cli.Commands;

/// <summary>graft vlm describe MODEL IMAGE...: answers about panoramas.</summary>
internal sealed class VlmDescribeCommand : CliCommand
{
    private readonly OpeningOptions _opening = new();
    private readonly ViewOptions _views = new();
    private readonly TextOptions _text = new();
    private readonly GeneratingOptions _generation = new();
    private readonly Argument<string> _model = Define.Target("MODEL", VlmCommands.Model);
    private readonly Argument<string[]> _images = Define.Targets("IMAGE", "panoramas");
    private readonly Option<string?> _query = Define.Text("--query", "TEXT", "subject of the answer");
    private readonly Option<string?> _instruction = Define.Text("--instruction", "TEXT", "the whole instruction, instead of --query");
    private readonly Option<string?> _promptIds = Define.Text(
        "--prompt-ids", "\"5,6,96\"", "ids of the prompt, instead of a text: no tokenizer is needed");

    internal VlmDescribeCommand()
        : base("describe", "answers about panoramas")
        => Takes([_model, _images, _query, _instruction, _promptIds, .. _generation.All, .. _views.All, .. _text.All, .. _opening.All]);

    internal override IReadOnlyList<string> Forms => ["MODEL IMAGE... (--query TEXT | --instruction TEXT | --prompt-ids \"5,6,96\") [--options]"];

    protected override int Run(Arguments arguments, Output output)
    {
        string? instruction = arguments.Value(_instruction) ?? (arguments.Value(_query) is { } query ? PanoramaDescriber.Question(query) : null);
        int[]? prompt = arguments.Value(_promptIds) is { } ids ? Ids(ids) : null;
        if (instruction is null == prompt is null)
        {
            throw Arguments.Wrong("Give either a question (--query or --instruction) or the ids of the prompt (--prompt-ids).");
        }

        GenerationOptions generation = _generation.Read(arguments, arguments.Value(Common.Seed));
        PanoramaOptions views = _views.Read(arguments);
        using PanoramaModel opened = _opening.Open(arguments.Value(_model)!, arguments, output);
        PanoramaDescriber? describer = prompt is null ? _text.Describer(opened, views, arguments) : null;
        JsonArray answers = [];
        foreach (string path in arguments.Value(_images)!)
        {
            using TensorScope scope = TensorScope.Begin();
            Stopwatch watch = Stopwatch.StartNew();
            List<double> times = [];
            int[] answer = output.Track(progress => Answer(path, id =>
            {
                times.Add(watch.Elapsed.TotalSeconds);
                progress((double)times.Count / generation.MaxNewTokens, $"{path}: {Counted.Of(times.Count, "token")}");
            }));
            string text = describer?.Text(answer) ?? string.Join(' ', answer);
            output.Line($"{path}: {text}");
            answers.Add(new JsonObject
            {
                ["image"] = path,
                ["answer"] = describer is null ? null : text,
                ["ids"] = new JsonArray([.. answer.Select(id => (JsonNode)id)]),
                ["first_token_seconds"] = times.Count > 0 ? times[0] : null,
                ["tokens_per_second"] = times.Count > 1 ? (times.Count - 1) / (times[^1] - times[0]) : null,
            });
        }

        output.Result(new JsonObject { ["answers"] = answers, ["check"] = opened.Check.ToJson() });
        return 0;

        int[] Answer(string path, Action<int> chosen)
        {
            RgbImage image = RgbImage.Load(path);
            return describer?.Answer(image, instruction!, generation, chosen)
                ?? PanoramaGenerator.Generate(opened.Model, image, views, prompt!, [], generation, chosen);
        }
    }

    private static int[] Ids(string text)
        => [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(word => NumberText.Whole(word) is >= 0 and <= int.MaxValue and long id ? (int)id
            : throw Arguments.Wrong($"--prompt-ids: '{word}' is not an id, expected whole numbers from 0."))];
}
