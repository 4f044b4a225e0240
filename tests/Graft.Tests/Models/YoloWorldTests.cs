using System.Text.Json;
using Graft.Detectors;
using Graft.Files;
using Graft.Models.Blocks;
using Graft.Models.YoloWorld;
using Graft.Testing;
using Graft.Torch;

namespace Graft.Tests.Models;

[Trait("Kind", "Parity")]
public class YoloWorldTests
{
    private const string A = "a_v2_model", B = "b_v1_model", C = "c_reparameterized";

    [Theory]
    [InlineData(2, 0.25, 0.33, 1024, 3_695_167)]
    [InlineData(2, 0.50, 0.33, 1024, 12_759_864)]
    [InlineData(2, 0.75, 0.67, 768, 28_376_142)]
    [InlineData(2, 1.00, 1.00, 512, 46_832_034)]
    [InlineData(2, 1.25, 1.00, 512, 72_886_361)]
    [InlineData(2, 1.50, 1.00, 512, 104_679_696)]
    [InlineData(1, 0.50, 0.33, 1024, 13_383_480)]
    [InlineData(1, 1.00, 1.00, 512, 47_553_954)]
    public void ParameterCounts_MatchThePublishedModels(int version, double widen, double deepen, int last, long expected)
    {
        using YoloWorld model = new(new YoloWorldOptions { Version = version, WidenFactor = widen, DeepenFactor = deepen, LastStageOutChannels = last });
        Assert.Equal(expected, model.ParameterCount);
    }

    [GoldenTheory("yoloworld/" + A), InlineData(DType.Float), InlineData(DType.Double)]
    public void AllMapsOfVersion2_MatchTheOriginal(DType type) => AllMaps(A, 2, type);

    [GoldenTheory("yoloworld/" + B), InlineData(DType.Float), InlineData(DType.Double)]
    public void AllMapsOfVersion1_MatchTheOriginal(DType type) => AllMaps(B, 1, type);

    [GoldenTheory("yoloworld/" + A)]
    [InlineData(false)]
    [InlineData(true)]
    public void DetectionsOfVersion2_MatchTheOriginal(bool fromGoldenMaps) => Detections(A, 2, fromGoldenMaps);

    [GoldenFact("yoloworld/" + B)]
    public void DetectionsOfVersion1_MatchTheOriginal() => Detections(B, 1, fromGoldenMaps: false);

    [GoldenFact("yoloworld/" + A)]
    public void MaskedPrompts_AreNotDetected()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", A, "outputs.npz"));
        using YoloWorld model = Open(A, 2);
        Tensor mask = Golden.Of(golden["text_mask"]).Above(0.5);
        RawDetections raw = model.Forward(Golden.Npy("yoloworld", A, "image.npy"), Golden.Npy("yoloworld", A, "text_embeddings.npy"), mask);
        Golden.Close(golden, "masked_cls_logits_p5", raw.Logits[2], Allowed(A));
    }

    [GoldenFact("yoloworld/" + C)]
    public void BakedVocabulary_MatchesTheOriginalConvolutions()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", C, "outputs.npz"));
        using WeightFile checkpoint = WeightFile.Open(Golden.PathOf("yoloworld", C, "checkpoint_rep_conv.pth"));
        YoloWorldOptions options = Golden.World(Golden.Manifest("yoloworld", A).GetProperty("config"));
        using YoloWorld model = new(options with { Form = new YoloWorldForm(BakedHead: options.NumClasses, BakedNeck: options.NumClasses) });
        Golden.Load(model, checkpoint);
        Tolerances allowed = Tolerances.Of(Golden.Manifest("yoloworld", C));
        RawDetections raw = model.Forward(Golden.Npy("yoloworld", A, "image.npy"), null);
        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"conv_cls_logits_p{level + 3}", raw.Logits[level], allowed);
            Golden.Close(golden, $"conv_bbox_dist_p{level + 3}", RawDecoding.ExpectMap(raw.Distributions[level]), allowed);
        }
    }

    private static void AllMaps(string folder, int version, DType type)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", folder, "outputs.npz"));
        using YoloWorld model = Open(folder, version);
        model.To(type);
        Tensor image = Golden.Npy("yoloworld", folder, "image.npy").To(type), text = Golden.Npy("yoloworld", folder, "text_embeddings.npy").To(type);
        Tolerances allowed = Allowed(folder);

        Pyramid backbone = model.Backbone.Forward(image);
        Pyramid neck = model.Neck.Forward(backbone, text, out Tensor? enhanced);
        RawDetections raw = model.Head.Forward(neck, text);

        for (int level = 0; level < 3; level++)
        {
            Golden.Close(golden, $"backbone_p{level + 3}", backbone.Levels[level], allowed);
            Golden.Close(golden, $"neck_p{level + 3}", neck.Levels[level], allowed);
            Golden.Close(golden, $"cls_logits_p{level + 3}", raw.Logits[level], allowed);
            Golden.Close(golden, $"bbox_dist_p{level + 3}", RawDecoding.ExpectMap(raw.Distributions[level]), allowed);
        }

        if (version == 1)
        {
            Golden.Close(golden, "enhanced_text", enhanced!, allowed);
        }
        else
        {
            Golden.Close(golden, "cls_embed_p5", model.Head.Embed(neck.P5, 2), allowed);
            Golden.Close(golden, "dfl_logits_p3", raw.Distributions[0], allowed);
            Golden.Close(golden, "dfl_logits_p5", raw.Distributions[2], allowed);
        }

        Anchors anchors = Anchors.Of(raw, Head.Strides);
        Golden.Close(golden, "priors_xy", Tensor.From(anchors.Centres, anchors.Count, 2), 0);
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Head.Strides);
        Golden.Close(golden, "decoded_boxes_xyxy", boxes, allowed);
        Golden.Close(golden, "scores_sigmoid", scores, allowed);
    }

    private static void Detections(string folder, int version, bool fromGoldenMaps)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using WeightFile golden = WeightFile.Open(Golden.PathOf("yoloworld", folder, "outputs.npz"));
        using YoloWorld model = Open(folder, version);
        JsonElement manifest = Golden.Manifest("yoloworld", folder);
        Tolerances allowed = Allowed(folder);
        (Tensor boxes, Tensor scores) = fromGoldenMaps
            ? (Golden.Of(golden["decoded_boxes_xyxy"]), Golden.Of(golden["scores_sigmoid"]))
            : RawDecoding.Decode(
                model.Forward(Golden.Npy("yoloworld", folder, "image.npy"), Golden.Npy("yoloworld", folder, "text_embeddings.npy")), Head.Strides);
        foreach (JsonProperty set in manifest.GetProperty("postprocess").EnumerateObject())
        {
            JsonElement test = set.Value.GetProperty("test_cfg");
            PostProcessOptions options = new()
            {
                ScoreThreshold = test.GetProperty("score_thr").GetDouble(),
                IouThreshold = test.GetProperty("nms").GetProperty("iou_threshold").GetDouble(),
                Candidates = test.GetProperty("nms_pre").GetInt32(),
                MaxPerImage = test.GetProperty("max_per_img").GetInt32(),
                MultiLabel = test.GetProperty("multi_label").GetBoolean(),
            };
            Detection[][] found = PostProcess.Run(boxes, scores, Fittings(manifest, set.Value), options);
            Golden.SameDetections(
                golden, set.Name, found, fromGoldenMaps ? 1e-3 : allowed.Of("decoded_boxes_xyxy"), fromGoldenMaps ? 1e-6 : allowed.Of("scores_sigmoid"));
        }
    }

    /// <summary>The manifest's tolerances; for outputs without one, the recording's error was measured with this library in
    /// float64.</summary>
    internal static Tolerances Allowed(string folder) => Tolerances.OfMaps(Golden.Manifest("yoloworld", folder))
        .With("masked_cls_logits_p5", ("cls_logits_p5", 1))
        .With(6e-5, "enhanced_text").With(2.5e-4, "cls_embed_p5").With(5e-4, "dfl_logits_p3", "dfl_logits_p5");

    internal static YoloWorld Open(string folder, int version)
    {
        YoloWorld model = new(Golden.World(Golden.Manifest("yoloworld", folder).GetProperty("config"), version));
        using WeightFile checkpoint = WeightFile.Open(Golden.PathOf("yoloworld", folder, "checkpoint.pth"));
        Golden.Load(model, checkpoint);
        return model;
    }

    private static Fitting[] Fittings(JsonElement manifest, JsonElement set) => [.. manifest.GetProperty("letterbox_metas").EnumerateArray().Select(meta =>
    {
        int[] input = Golden.Ints(meta.GetProperty("img_shape")), original = Golden.Ints(meta.GetProperty("ori_shape"));
        double[] scale = [.. meta.GetProperty("scale_factor").EnumerateArray().Select(item => item.GetDouble())];
        double[] pad = [.. meta.GetProperty("pad_param").EnumerateArray().Select(item => item.GetDouble())];
        return set.GetProperty("uses_letterbox_metas").GetBoolean()
            ? new Fitting(original[1], original[0], scale[0], scale[1], pad[2], pad[0])
            : Fitting.None(input[1], input[0]);
    })];
}
