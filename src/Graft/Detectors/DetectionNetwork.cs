using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Detectors;

/// <summary>The network of a detector, with what adapters, rewrites and reports need.</summary>
public abstract class DetectionNetwork : Module
{
    /// <summary>The sites where adapters can be attached.</summary>
    public abstract IReadOnlyList<AdapterSite> Sites { get; }

    /// <summary>Patterns of the sites that take adapters where none are named; all sites by default.</summary>
    public virtual IReadOnlyList<string> DefaultSites => ["**"];

    /// <summary>Input pixels per cell, finest level first.</summary>
    public abstract IReadOnlyList<int> Strides { get; }

    /// <summary>Number of classes that the network is built for.</summary>
    public abstract int Classes { get; }

    /// <summary>Width of the text embeddings that the network reads; null: its classes are fixed.</summary>
    public virtual int? TextWidth => null;

    /// <summary>Whether a vocabulary was baked into the weights.</summary>
    public virtual bool HasBakedVocabulary => false;

    /// <summary>Whether the head that predicts gives each object once, so that its best predictions need no NMS.</summary>
    public virtual bool IsEndToEnd => false;

    /// <summary>Patterns of state-dict keys whose shapes depend on the number of classes, so that a base with other classes cannot fill
    /// them.</summary>
    public virtual IReadOnlyList<string> ClassKeys => [];

    /// <summary>Parameters of learned prompts, which stay trainable regardless of what tuning freezes.</summary>
    public virtual IEnumerable<string> LearnedPromptKeys => [];

    /// <summary>Whether <see cref="EmptyCopy"/> gives a copy; a network that is made of others has none.</summary>
    public virtual bool CanCopy => true;

    /// <summary>The parts before the head in their order; empty: a forward pass cannot be divided.</summary>
    public virtual IReadOnlyList<NetworkStage> Stages => [];

    /// <summary>Builds a network of the same sizes and form with arbitrary weights.</summary>
    /// <param name="type">Precision of the new network.</param>
    public abstract DetectionNetwork EmptyCopy(DType type);

    /// <summary>Number of stages, from the first, whose results are the same whenever they see the same images.</summary>
    /// <param name="textChanges">Whether the text is another from step to step.</param>
    public int FrozenStages(bool textChanges) => Stages.TakeWhile(stage => stage.IsFrozen && !(textChanges && stage.ReadsText)).Count();

    /// <summary>Runs stages.</summary>
    /// <param name="input">The images, or the maps that a later stage reads.</param>
    /// <param name="text">1×N×D or B×N×D embeddings; null for networks that read none.</param>
    /// <param name="end">Index of the stage after the last; null: all stages.</param>
    /// <returns>The maps that the next stage reads, or the head.</returns>
    public IReadOnlyList<Tensor> RunStages(StageMaps input, Tensor? text, int? end = null)
        => Stages.Take(end ?? int.MaxValue).Skip(input.Stage).Aggregate(input.Maps, (maps, stage) => stage.Run(maps, text));

    /// <summary>Raw outputs of the head that predicts.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1, H and W multiples of the largest stride.</param>
    /// <param name="text">1×N×D text embeddings; null for networks that read none.</param>
    public abstract RawDetections Predict(Tensor images, Tensor? text);

    /// <summary>Runs every part, including those that prediction does not need, and returns all outputs: a weight may only change when
    /// all its
    /// readers are known.</summary>
    /// <param name="images">B×3×H×W, RGB in 0..1.</param>
    /// <param name="text">1×N×D text embeddings; null for networks that read none.</param>
    public virtual IReadOnlyList<Tensor> RunAll(Tensor images, Tensor? text)
    {
        RawDetections raw = Predict(images, text);
        return [.. raw.Logits, .. raw.Distributions];
    }

    /// <summary>Every intermediate result by name, for comparing with another implementation.</summary>
    /// <param name="inputs">By name: <c>image</c> and what else the network reads.</param>
    public virtual IReadOnlyList<(string Name, Tensor Value)> NamedResults(IReadOnlyDictionary<string, Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        RawDetections raw = Predict(inputs["image"], inputs.GetValueOrDefault("text"));
        (Tensor boxes, Tensor scores) = RawDecoding.Decode(raw, Strides);
        return
        [
            .. raw.Logits.Select((map, level) => ($"cls_logits_{level}", map)),
            .. raw.Distributions.Select((map, level) => ($"dfl_logits_{level}", map)),
            ("decoded_boxes_xyxy", boxes), ("scores_sigmoid", scores),
        ];
    }

    /// <summary>Runs the network once on an empty image in evaluation mode: running statistics do not change.</summary>
    /// <param name="side">Side of the image in pixels, a multiple of the largest stride.</param>
    /// <param name="prompts">Number of prompts for networks that read text.</param>
    public void Probe(int side, int prompts = 1)
    {
        bool trained = Training;
        Train(false);
        DType type = Parameters().First().Parameter.Value.DType;
        Tensor image = Tensor.Zeros([1, 3, side, side], type).To(MemoryFormat.ChannelsLast);
        RunAll(image, TextWidth is { } width ? Tensor.Ones(1, prompts, width).To(type) : null);
        Train(trained);
    }
}
