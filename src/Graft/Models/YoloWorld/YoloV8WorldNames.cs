using Graft.Files;
using Graft.Torch;

namespace Graft.Models.YoloWorld;

/// <summary>Maps names between the official checkpoints and Ultralytics (YOLOv8-World), which numbers layers.</summary>
/// <remarks>Version 1 has one layer more, the text enhancer, so that what follows it is numbered one higher.</remarks>
public static class YoloV8WorldNames
{
    /// <summary>Name of the constant ramp of distances that only Ultralytics' files hold: 1×16×1×1, 0 to 15.</summary>
    public static string RampOf(int version) => $"model.{HeadLayer(version)}.dfl.conv.weight";

    /// <summary>Whether names are Ultralytics' for this network.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static bool Fit(IEnumerable<string> names) => names.Any(name => NameMap.Fits("model.12.attn.gl.*", name));

    /// <summary>1 or 2, by whether there is a text enhancer; for names of either kind.</summary>
    /// <param name="names">Names of a file's tensors.</param>
    public static int VersionOf(IEnumerable<string> names)
        => names.Any(name => NameMap.Fits("neck.text_enhancer.*", name) || NameMap.Fits("model.16.query.*", name)) ? 1 : 2;

    /// <summary>Ultralytics' names to those of the official checkpoints, which are Graft's.</summary>
    /// <param name="version">1 or 2.</param>
    public static NameMap ToOfficial(int version)
    {
        NameMap map = new();
        foreach ((string theirs, string ours) in Rules(version))
        {
            map[theirs] = ours;
        }

        map[RampOf(version)] = NameMap.Computed;
        return map;
    }

    /// <summary>Official names to Ultralytics'; a file written with them also needs <see cref="RampOf"/>.</summary>
    /// <param name="version">1 or 2.</param>
    public static NameMap FromOfficial(int version)
    {
        NameMap map = new();
        foreach ((string theirs, string ours) in Rules(version))
        {
            map[ours] = theirs;
        }

        map["backbone.text_model.*"] = NameMap.Drop("Ultralytics' files hold no text encoder");
        return map;
    }

    /// <summary>Sizes of the network in a file with Ultralytics' names, from the shapes of its tensors.</summary>
    /// <exception cref="GraftException">The file does not hold such a network.</exception>
    public static YoloWorldOptions OptionsOf(WeightFile file)
    {
        WeightShapes[] all = [.. WeightShapes.Of(file)];
        return OptionsOf(Array.Find(all, shapes => Fit(shapes.Names)) ?? all[0]);
    }

    /// <summary>Sizes of the network with Ultralytics' names, from the shapes of its tensors.</summary>
    /// <exception cref="GraftException">These are not the tensors of such a network.</exception>
    internal static YoloWorldOptions OptionsOf(WeightShapes shapes)
        => YoloWorldLayout.Of(shapes.Renamed(ToOfficial(VersionOf(shapes.Names))));

    /// <summary>A network's state under Ultralytics' names, with their constant ramp; the caller's scope owns the ramp.</summary>
    public static IEnumerable<(string Name, Tensor Value)> StateDict(YoloWorld network)
    {
        ArgumentNullException.ThrowIfNull(network);
        YoloWorldOptions options = network.Options;
        NameMap map = FromOfficial(options.Version);
        foreach ((string name, Tensor value) in network.StateDict())
        {
            if (!map.TryApply(name, out _, out NameTarget target) || target.Pattern is not { } theirs)
            {
                throw new GraftException(
                    Failure.Model, $"'{name}' has no name in Ultralytics' form of YOLO-World.",
                    "Only networks that read text, without adapters, can be written in that form.");
            }

            yield return (theirs, value);
        }

        yield return (RampOf(options.Version), Tensor.Arange(options.RegMax).Reshape(1, options.RegMax, 1, 1));
    }

    private static int HeadLayer(int version) => version == 1 ? 23 : 22;

    /// <summary>(Ultralytics' pattern, official pattern), one line per kind of layer.</summary>
    private static IEnumerable<(string Theirs, string Ours)> Rules(int version)
    {
        int shift = version == 1 ? 1 : 0;
        const string Image = "backbone.image_model.";
        (string Layer, string Official, Func<string, string, IEnumerable<(string, string)>> Kind)[] layers =
        [
            ("0", Image + "stem", Conv),
            ("1", Image + "stage1.0", Conv), ("2", Image + "stage1.1", Csp),
            ("3", Image + "stage2.0", Conv), ("4", Image + "stage2.1", Csp),
            ("5", Image + "stage3.0", Conv), ("6", Image + "stage3.1", Csp),
            ("7", Image + "stage4.0", Conv), ("8", Image + "stage4.1", Csp), ("9", Image + "stage4.2", Pool),
            ("12", "neck.top_down_layers.0", GatedCsp),
            ("15", "neck.top_down_layers.1", GatedCsp),
            ($"{16 + shift}", "neck.downsample_layers.0", Conv),
            ($"{18 + shift}", "neck.bottom_up_layers.0", GatedCsp),
            ($"{19 + shift}", "neck.downsample_layers.1", Conv),
            ($"{21 + shift}", "neck.bottom_up_layers.1", GatedCsp),
            ($"{HeadLayer(version)}", "bbox_head.head_module", Head),
        ];
        return (version == 1 ? Enhancer("model.16", "neck.text_enhancer") : [])
            .Concat(layers.SelectMany(layer => layer.Kind($"model.{layer.Layer}", layer.Official)));
    }

    private static IEnumerable<(string, string)> Conv(string theirs, string ours) =>
    [
        ($"{theirs}.conv.*", $"{ours}.conv.*"),
        ($"{theirs}.bn.*", $"{ours}.bn.*"),
    ];

    private static IEnumerable<(string, string)> Csp(string theirs, string ours) =>
    [
        ($"{theirs}.cv1.*", $"{ours}.main_conv.*"),
        ($"{theirs}.cv2.*", $"{ours}.final_conv.*"),
        ($"{theirs}.m.*.cv1.*", $"{ours}.blocks.*.conv1.*"),
        ($"{theirs}.m.*.cv2.*", $"{ours}.blocks.*.conv2.*"),
    ];

    private static IEnumerable<(string, string)> GatedCsp(string theirs, string ours) =>
    [
        .. Csp(theirs, ours),
        ($"{theirs}.attn.bias", $"{ours}.attn_block.bias"),
        ($"{theirs}.attn.scale", $"{ours}.attn_block.scale"),
        ($"{theirs}.attn.gl.*", $"{ours}.attn_block.guide_fc.*"),
        ($"{theirs}.attn.proj_conv.*", $"{ours}.attn_block.project_conv.*"),
        ($"{theirs}.attn.ec.*", $"{ours}.attn_block.embed_conv.*"),
    ];

    private static IEnumerable<(string, string)> Pool(string theirs, string ours) =>
    [
        ($"{theirs}.cv1.*", $"{ours}.conv1.*"),
        ($"{theirs}.cv2.*", $"{ours}.conv2.*"),
    ];

    private static IEnumerable<(string, string)> Enhancer(string theirs, string ours) =>
    [
        ($"{theirs}.projections.*.weight", $"{ours}.projections.*.conv.weight"),
        ($"{theirs}.projections.*.bias", $"{ours}.projections.*.conv.bias"),
        .. new[] { "query", "key", "value", "proj" }.Select(part => ($"{theirs}.{part}.*", $"{ours}.{part}.*")),
    ];

    private static IEnumerable<(string, string)> Head(string theirs, string ours) =>
    [
        ($"{theirs}.cv2.*", $"{ours}.reg_preds.*"),
        ($"{theirs}.cv3.*", $"{ours}.cls_preds.*"),
        ($"{theirs}.cv4.*", $"{ours}.cls_contrasts.*"),
    ];
}
