using System.Text.Json;
using Graft.Files;
using Graft.Torch;
using Graft.Torch.Weights;
using Graft.VisionLanguage;

namespace Graft.Tests.VisionLanguage;

[Trait("Kind", "Parity")]
public sealed class PanoramaGoldenTests
{
    [SharedTheory, InlineData("tiny_qformer"), InlineData("tiny_mlp"), InlineData("tiny_bimamba")]
    public void PublishedNames_MatchTheGolden(string kind)
    {
        using PanoramaVlm model = new(PanoramaConfig.Read(PathOf(kind, "model_config.json")));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(PathOf(kind, "expected", "plain_model_keys.json")));
        string[] expected = [.. golden.RootElement.GetProperty("model_keys").EnumerateObject()
            .Select(key => $"{key.Name} {string.Join("×", key.Value.EnumerateArray().Select(n => n.GetInt64()))}")];
        Assert.Equal(expected, PanoramaNames.Published(model).Select(weight => $"{weight.Name} {string.Join("×", weight.Shape)}"));
    }

    [SharedTheory, InlineData("tiny_qformer"), InlineData("tiny_mlp"), InlineData("tiny_bimamba")]
    public void EveryStage_AgreesWithTheGolden(string kind) => EveryStage(kind, DType.Float, 2e-5, 1e-4);

    [SharedTheory, InlineData("tiny_qformer"), InlineData("tiny_mlp"), InlineData("tiny_bimamba")]
    public void EveryStage_AgreesWithTheGolden_InFloat64(string kind) => EveryStage(kind, DType.Double, 5e-6, 5e-6);

    private static void EveryStage(string kind, DType type, double features, double logit)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using PanoramaVlm model = Merged(kind);
        model.To(type);
        Tensor views = Input(kind).To(type);
        Tensor raw = model.Vision.Forward(views.Flatten(0, 1));
        Close(kind, "vision_last_hidden", raw, features);
        Close(kind, "vision_pooler", model.Vision.Pool(raw), features);
        Tensor patches = model.EncodeViews(views);
        Close(kind, "vision_normed", patches, features);
        Tensor tokens = model.Resampler.Forward(patches);
        Close(kind, "resampled", tokens, features);
        Close(kind, "projection_pe", PanoramaProjector.PositionalCode(3, (int)tokens.Size(1), (int)tokens.Size(2), 0.5), features);
        Tensor perView = tokens.Reshape(2, 3, tokens.Size(1), tokens.Size(2));
        Close(kind, "vision_tokens", model.Projector.Forward(perView, 0.5, StitchingMode.Concat), features);
        Close(kind, "vision_tokens_drop_overlap", model.Projector.Forward(perView, 0.5, StitchingMode.DropOverlap), features);
        Close(kind, "vicreg_loss_pairwise", model.VicRegLoss(views), logit);
        Close(kind, "vicreg_loss_batchwise", model.VicRegLoss(views, batchwise: true), logit);

        (Tensor logits, FusedSequence fused) = model.Forward(views, Texts(kind));
        Close(kind, "fused_embeds", fused.Embeddings, features);
        Assert.Equal(Npz.Read(Expected(kind), "fused_attention_mask").Values, fused.Mask.Select(v => (double)v));
        Assert.Equal(Npz.Read(Expected(kind), "fused_labels").Values, fused.Labels.Select(v => (double)v));
        Close(kind, "logits_lora_merged", logits, logit, fused.Mask);
        Close(kind, "loss_lora_merged", QwenDecoder.Loss(logits, fused.Labels), logit);
    }

    [SharedTheory, InlineData("tiny_qformer"), InlineData("tiny_mlp"), InlineData("tiny_bimamba")]
    public void Checkpoint_LoadsWithItsUpdatesBesideTheWeightsOrMerged(string kind)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        using PanoramaCheckpoint beside = PanoramaCheckpoint.Load(PathOf(kind, "checkpoint.ckpt"), new PanoramaLoading { Merge = false });
        Assert.Equal(1, beside.Report.Coverage);
        Assert.Equal((14, 8.0, true), (beside.Lora!.Modules, beside.Lora.Alpha, beside.Lora.HasEffect));
        Assert.Equal([4], beside.Lora.Ranks);
        (Tensor logits, FusedSequence fused) = beside.Model.Forward(Input(kind), Texts(kind));
        Close(kind, "logits_lora_unmerged", logits, 1e-4, fused.Mask);
        Close(kind, "loss_lora_unmerged", QwenDecoder.Loss(logits, fused.Labels), 1e-4);

        using PanoramaCheckpoint merged = PanoramaCheckpoint.Load(PathOf(kind, "checkpoint.ckpt"));
        using WeightFile expected = WeightFile.Open(PathOf(kind, "expected", "merged_state_dict.safetensors"));
        foreach ((string name, Tensor value) in merged.Model.StateDict())
        {
            float[] wanted = expected[name].ToSingles(), found = value.ToSingles();
            Assert.All(Enumerable.Range(0, found.Length), i => Assert.Equal(wanted[i], found[i], 1e-5f));
        }

        foreach ((_, LoraLinear layer) in beside.Model.Language.Projections)
        {
            layer.RemoveUpdate();
        }

        (logits, fused) = beside.Model.Forward(Input(kind), Texts(kind));
        Close(kind, "logits_base_without_lora", logits, 1e-4, fused.Mask);
        Close(kind, "loss_base_without_lora", QwenDecoder.Loss(logits, fused.Labels), 1e-4);
        Assert.Equal(Greedy(kind, "greedy_ids_base"), Answer(kind, beside.Model));
        Assert.Equal(Greedy(kind, "greedy_ids_merged"), Answer(kind, merged.Model));
    }

    [SharedTheory]
    [InlineData("tiny_qformer", 237, 184, 212, 25, 53)]
    [InlineData("tiny_mlp", 133, 80, 108, 25, 53)]
    [InlineData("tiny_bimamba", 205, 152, 180, 25, 53)]
    public void NamesOfTheCheckpoint_AreCountedHonestlyBesideTheNaiveNumbers(string kind, int inFile, int matched, int printed, int missing, int unexpected)
    {
        using PanoramaCheckpoint checkpoint = PanoramaCheckpoint.Load(PathOf(kind, "checkpoint.ckpt"));
        CheckpointNames names = checkpoint.Names;
        Assert.Equal((inFile, matched, 11, 14, 28), (names.InFile, names.Matched, names.BehindPrefix, names.BehindBaseLayer, names.Lora));
        Assert.Equal((missing, unexpected, printed), names.Naive);
        Assert.Empty(names.Missing);
        Assert.Empty(names.Unexpected);
    }

    [SharedTheory]
    [InlineData("seed_1255_siglip_base_qformer6_qwen3_0.6b", 1255, 552, 311, 703, 944)]
    [InlineData("other_1255_siglip_so400m_bimamba2_qwen3_0.6b", 1255, 552, 311, 703, 944)]
    [InlineData("later_1335_siglip_so400m_bimamba4_qwen3_0.6b", 1335, 632, 311, 703, 1024)]
    public void FullScaleNames_GiveThePublishedNumbersAndTheHonestOnes(string folder, int inFile, int matched, int missing, int unexpected, int printed)
    {
        string[] file = Keys(folder, "checkpoint_keys.json", "checkpoint_state_dict_keys"), plain = Keys(folder, "plain_model_keys.json", "plain_model_keys");
        CheckpointNames names = CheckpointNames.Sort(file, plain);
        Assert.Equal((inFile, matched, 115, 196, 392), (names.InFile, names.Matched, names.BehindPrefix, names.BehindBaseLayer, names.Lora));
        Assert.Equal((missing, unexpected, printed), names.Naive);
        Assert.Empty(names.Missing);
        Assert.Empty(names.Unexpected);
    }

    [SharedFact]
    public void FullScaleModel_HasThePublishedNamesShapesAndParameters()
    {
        using Graft.Torch.Layers.Init.Skipping skipped = Graft.Torch.Layers.Init.Skip();      // untouched pages take no memory
        using PanoramaVlm model = new(new PanoramaVlmOptions());
        Assert.Equal(772_411_648, model.ParameterCount);
        Assert.Equal(Keys("seed_1255_siglip_base_qformer6_qwen3_0.6b", "plain_model_keys.json", "plain_model_keys", shapes: true),
            PanoramaNames.Published(model).Select(weight => $"{weight.Name} {string.Join("×", weight.Shape)}"));
        foreach ((_, LoraLinear layer) in model.Language.Projections)
        {
            layer.AddUpdate(32, 2);
        }

        Assert.Equal(772_411_648 + 20_185_088, model.ParameterCount);
    }

    [SharedFact]
    public void Qwen2Decoder_AgreesWithTheGolden()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad off = NoGrad.Begin();
        string folder = PathOf("qwen2_lm"), expected = Path.Combine(folder, "expected.npz");
        using QwenDecoder model = new(PanoramaConfig.ReadQwen(Path.Combine(folder, "config.json")));
        Assert.Equal(1, model.LoadWeights(Path.Combine(folder, "model.safetensors")).Coverage);
        long[] Whole(string name) => [.. Npz.Read(expected, name).Values.Select(v => (long)v)];
        Tensor embeddings = model.Embed(Tensor.From(Whole("input_ids"), 2, 9));
        double[] padded = Npz.Read(expected, "logits_left_padded").Values, alone = Npz.Read(expected, "logits_row0").Values;
        long[] mask = Whole("attention_mask");
        double[] found = model.Logits(model.Forward(embeddings, Whole("position_ids"), mask)).ToDoubles();
        Assert.All(Enumerable.Range(0, found.Length).Where(i => mask[i / 60] == 1), i => Assert.Equal(padded[i], found[i], 1e-4));
        double[] row = model.Logits(model.Forward(embeddings.Narrow(0, 0, 1), [.. Enumerable.Range(0, 9).Select(p => (long)p)])).ToDoubles();
        Assert.All(Enumerable.Range(0, row.Length), i => Assert.Equal(alone[i], row[i], 1e-4));
    }

    private static int[] Greedy(string kind, string name) => [.. Npz.Read(Expected(kind), name).Values.Select(v => (int)v)];

    private static int[] Answer(string kind, PanoramaVlm model)
        => PanoramaGenerator.Generate(model, Input(kind).Narrow(0, 0, 1), Texts(kind)[0].Ids, [], GenerationOptions.Greedy with { MaxNewTokens = 8 });

    private static string[] Keys(string folder, string file, string member, bool shapes = false)
    {
        using JsonDocument keys = JsonDocument.Parse(File.ReadAllText(PathOf("full_scale", folder, file)));
        return [.. keys.RootElement.GetProperty(member).EnumerateObject()
            .Select(key => shapes ? $"{key.Name} {string.Join("×", key.Value.EnumerateArray().Select(n => n.GetInt64()))}" : key.Name)];
    }

    private static string PathOf(params string[] parts) => Shared.PathOf(["golden", "panovlm", .. parts]);

    private static string Expected(string kind) => PathOf(kind, "expected", "forward.npz");

    private static PanoramaVlm Merged(string kind)
    {
        PanoramaVlm model = new(PanoramaConfig.Read(PathOf(kind, "model_config.json")));
        using WeightFile file = WeightFile.Open(PathOf(kind, "expected", "merged_state_dict.safetensors"));
        LoadReport report = model.LoadWeights(file, PanoramaNames.From(file.Entries.Select(e => e.Name), tiedHead: true));
        Assert.Equal(1, report.Coverage);
        return model;
    }

    private static Tensor Input(string kind)
    {
        (double[] values, int[] shape) = Npz.Read(Expected(kind), "pixel_values");
        return Tensor.From([.. values.Select(v => (float)v)], [.. shape.Select(s => (long)s)]);
    }

    private static TextTokens[] Texts(string kind)
    {
        int[] Row(string name, int row) => [.. Npz.Read(Expected(kind), name).Values.Skip(row * 12).Take(12).Select(v => (int)v)];
        return [.. Enumerable.Range(0, 2).Select(row => new TextTokens(Row("input_ids", row), Row("labels", row), Row("attention_mask", row)))];
    }

    private static void Close(string kind, string name, Tensor found, double tolerance, long[]? mask = null)
    {
        (double[] expected, int[] shape) = Npz.Read(Expected(kind), name);
        Assert.Equal(shape.Select(s => (long)s), found.Shape);
        double[] values = found.ToDoubles();
        int perRow = mask is null ? 1 : values.Length / mask.Length;
        double worst = Enumerable.Range(0, values.Length).Where(i => mask is null || mask[i / perRow] != 0)
            .Max(i => Math.Abs(values[i] - expected[i]));
        Assert.True(worst <= tolerance, $"{kind} {name}: largest difference {worst}");
    }
}
