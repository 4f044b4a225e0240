using Graft.Configuration;
using Graft.Data;
using Graft.Evaluation;
using Graft.Files;
using Graft.Peft;
using Graft.Reports;
using Graft.Runs;
using Graft.Text;
using Graft.VisionLanguage;

namespace Graft.Tests.Texts;

/// <summary>A reader of hand-written text, with valid files for it.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Texts">Valid files.</param>
/// <param name="Paths">Where a damaged copy of each is written; some readers depend on the folder.</param>
/// <param name="Read">The real reader.</param>
internal sealed record TextReader(string Name, string[] Texts, string[] Paths, Action<string> Read)
{
    /// <summary>The readers.</summary>
    internal static readonly string[] Names = ["config", "data.yaml", "override", "coco", "coco results", "labels", "prompts", "embeddings",
        "peft", "tokenizer", "results.csv", "table"];

    private const string Coco = """
        {"info": {"year": 2024}, "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48},
         {"id": 2, "file_name": "sub/b.png", "width": 640, "height": 480}],
         "categories": [{"id": 1, "name": "dent", "supercategory": "none"}, {"id": 2, "name": "Kratzer ü"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2.5, 10, 20], "area": 200, "iscrowd": 0},
         {"id": 2, "image_id": 2, "category_id": 2, "bbox": [0, 0, 5e1, 7], "area": 350.0, "iscrowd": 1,
          "segmentation": [[1, 2, 3, 4, 5, 6]]}]}
        """;

    /// <summary>Prepares a reader's files in a folder.</summary>
    internal static TextReader For(string name, TemporaryFolder folder)
    {
        switch (name)
        {
            case "config":
                string configs = Path.Combine(Shared.Checkout, "configs");
                string[] files = [.. Directory.EnumerateFiles(configs, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
                foreach (string file in files)
                {
                    folder.Write(Path.GetRelativePath(configs, file), File.ReadAllText(file));
                }

                return new(
                    name,
                    [.. files.Select(File.ReadAllText)],
                    [.. files.Select(file => folder.At(Path.GetRelativePath(configs, Path.GetDirectoryName(file)!), "damaged.yaml"))],
                    path => ConfigFile.Load<RunConfig>(path));
            case "data.yaml":
                return Of("data.yaml", path => YoloDataFile.Read(path),
                    "# a set\npath: .\ntrain: images/train\nval: [images/val, images/more]\nnc: 2\nnames: ['dent', \"scratch\"]\n",
                    "train: ../train/images\nval: ../valid/images\nnames:\n  0: dent\n  1: Kratzer ü\nroboflow:\n  url: http://x\n",
                    "train: C:\\data\\train\nval: list.txt\nkpt_shape: [17, 3]\nnames:\n- a\n- &b b\n- *b\n");
            case "override":
                return Of("override.yaml", path => Override(path),
                    "train.classes=[open, short]", "train.lr=1e-3", "data={root: x, names: [a, b]}", "model.\"neck.out\"=5", "data.names='a: b'");
            case "coco":
                return Of("coco.json", path => CocoFile.Read(path), Coco, Coco.Replace("\n", "", StringComparison.Ordinal));
            case "coco results":
                return Of("results.json", path => CocoResultFile.Read(path),
                    """
                    [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3.5, 4], "score": 0.9},
                     {"image_id": 2, "category_id": 2, "bbox": [1, 2, 3e1, 4], "score": 1, "segmentation": {"size": [3, 4], "counts": "abc"}}]
                    """, "[]");
            case "labels":
                return Of("labels.txt", ReadLabels,
                    "0 0.5 0.5 0.2 0.3\n1 0.25 0.25 0.1 0.1\n", "2 0.1 0.1 0.2 0.1 0.2 0.2\n0 0.5 0.5 1e-1 .3\n\n");
            default:
                return ForModels(name, folder);
        }

        TextReader Of(string file, Action<string> read, params string[] texts)
            => new(name, texts, [.. texts.Select(_ => folder.At(file))], read);
    }

    private static TextReader ForModels(string name, TemporaryFolder folder)
    {
        switch (name)
        {
            case "prompts":
                return Of("prompts.json", path => PromptSet.Load(path), """[["scratch", "scuff mark"], ["dent"], ["Kratzer ü", "\u00e9"]]""", "scratch\ndent\n");
            case "embeddings":
                string numbers = folder.At("e.npy");
                new PromptEmbeddings([1, 0, 0, 1], 2, [["scratch", "scuff"], ["dent"]]) { Encoder = new Graft.Runtime.TextEncoderId("test", "abc", 2) }.Save(numbers);
                return Of("e.npy.json", _ => PromptEmbeddings.Load(numbers), File.ReadAllText(numbers + ".json"));
            case "peft":
                return Of("adapter_config.json", path => PeftConfigReader.Read(path),
                    """
                    {"peft_type": "LORA", "base_model_name_or_path": "x/y", "r": 8, "lora_alpha": 16.0, "lora_dropout": 0.05,
                     "target_modules": ["q_proj", "v_proj"], "bias": "none", "use_rslora": false, "rank_pattern": {"a.*q": 4},
                     "modules_to_save": null, "init_lora_weights": true, "task_type": "CAUSAL_LM"}
                    """,
                    """{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ".*(q|v)_proj", "layers_to_transform": [1, 2], "layers_pattern": "layers"}""");
            case "tokenizer":
                return Of("tokenizer.json", path => TokenizerFiles.Read(path, ""),
                    """
                    {"version": "1.0", "added_tokens": [{"id": 4, "content": "<|end|>", "special": true, "lstrip": false}],
                     "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                     {"type": "Split", "pattern": {"Regex": "\\p{L}+|\\s+"}, "behavior": "Isolated"}, {"type": "ByteLevel", "add_prefix_space": false}]},
                     "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "Ġ": 3}, "merges": ["a b", ["a", "b"]]}}
                    """);
            case "results.csv":
                ResultsCsv.Write(folder.At("sound.csv"), [new ResultsRow { Epoch = 1, Time = 2.5, Map = 0.25, LearningRates = [1e-3] }, new ResultsRow { Epoch = 2 }]);
                return Of("results.csv", path => ResultsCsv.Read(path), File.ReadAllText(folder.At("sound.csv")),
                    "  epoch,  train/box_loss,  metrics/mAP50(B)\n      1,  0.5,  0.25\n      2,  0.25,  nan\n");
            case "table":
                return Of("table.csv", path => CsvTable.Read(path), "image,query,answer\na.jpg,\"What, \"\"now\"\"?\",\"two\nlines\"\nb.jpg,Who?,me\n");
            default:
                throw new ArgumentException($"There is no reader '{name}'.", nameof(name));
        }

        TextReader Of(string file, Action<string> read, params string[] texts)
            => new(name, texts, [.. texts.Select(_ => folder.At(file))], read);
    }

    /// <summary>Malformed lines are noted rather than thrown; fatal problems end the reading of a data set.</summary>
    private static void ReadLabels(string path)
    {
        DataProblems problems = new(path);
        YoloLabelFile.Read(path, 3, null, problems);
        problems.ThrowIfFatal();
    }

    /// <summary>A command-line argument has no file; its errors begin with the argument, and the file is named here.</summary>
    private static void Override(string path)
    {
        string word = TextFile.Read(path, "a word", Failure.Usage);
        try
        {
            ConfigFile.Defaults<RunConfig>(word);
        }
        catch (GraftException error)
        {
            throw new GraftException(error.Failure, $"{path}: {error.Message}", error.Hint, error);
        }
    }
}
