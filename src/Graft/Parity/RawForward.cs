using System.Globalization;
using Graft.Adapters;
using Graft.Detectors;
using Graft.Files;
using Graft.Models;
using Graft.Runs;
using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Parity;

/// <summary>Raw tensors in, every named tensor out: for comparison with other implementations.</summary>
public static class RawForward
{
    /// <summary>Runs a network in evaluation mode.</summary>
    /// <param name="config">Which network.</param>
    /// <param name="weights">Its weight file; must fit completely.</param>
    /// <param name="inputs">By name: <c>image</c> (B×3×H×W, RGB in 0..1) and, for networks that read text, <c>text</c> (1 or B × N × D) and <c>text_mask</c>.</param>
    /// <returns>Named results; the caller's scope owns them.</returns>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(RunConfig config, string weights, IReadOnlyDictionary<string, Tensor> inputs)
    {
        using NoGrad off = NoGrad.Begin();
        Tensor image = inputs.GetValueOrDefault("image") ?? throw Missing("image", inputs);
        if (image.Rank != 4 || image.Size(1) != 3 || !ImageSize.Fits(image.Size(2), image.Size(3)))
        {
            throw new GraftException(
                Failure.Data, $"The input 'image' has the shape {string.Join("×", image.Shape)}.", "Expected B×3×H×W with H and W multiples of 32.");
        }

        using WeightFile file = WeightFile.Open(weights);
        ModelFiles.RequireWhole(file);
        ModelOptions model = ModelFamilies.WithFormOf(config.Model, file);
        RequireText(model, inputs);
        using DetectionNetwork network = model.CreateNetwork();
        if (config.Tuning is { } tuning)
        {
            Tuning.Plan(network, tuning).Apply();
        }

        ModelFiles.Load(network, file, model, null, new LoadOptions { MayExceed = model.TensorsBesideNetwork });
        network.Train(false);
        return network.NamedResults(inputs);
    }

    private static void RequireText(ModelOptions model, IReadOnlyDictionary<string, Tensor> inputs)
    {
        if (model.NeedsNoText)
        {
            return;
        }

        Tensor text = inputs.GetValueOrDefault("text") ?? throw Missing("text", inputs);
        if (text.Size(text.Rank - 1) != model.TextWidth)
        {
            throw new GraftException(
                Failure.Data, $"The input 'text' has the width {text.Size(text.Rank - 1)}; the model expects {model.TextWidth}.",
                "Set model.text_dim, or embed with a text encoder of that width.");
        }
    }

    /// <summary>Runs one adapter or block, with gradients when an output gradient is given; the results are copies.</summary>
    /// <param name="module">An adapter (its kind, or the class name of the original) or a block of a network.</param>
    /// <param name="settings">Arguments of its constructor as <c>key=value</c>; <c>in_channels</c> must be that of the input.</param>
    /// <param name="weights">Its weights, see <see cref="LoadModule"/>.</param>
    /// <param name="inputs">By name: <c>x</c> (B×C×H×W).</param>
    /// <param name="gradient">Gradient of the output, or null.</param>
    /// <param name="train">Training behaviour (batch statistics).</param>
    /// <returns>Named results; the caller's scope owns them.</returns>
    /// <exception cref="GraftException">Of kind Usage: no input, an unknown module or setting; of kind Model: the weights do not
    /// fit.</exception>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(
        string module, IReadOnlyList<string> settings, string weights, IReadOnlyDictionary<string, Tensor> inputs, Tensor? gradient, bool train)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor input = inputs.GetValueOrDefault("x") ?? throw new GraftException(Failure.Usage, "The input 'x' is missing.", "Add --input x=FILE.npy.");
        string? channels = settings.FirstOrDefault(IsChannels)?.Split('=')[1];
        if (channels is not null && channels != input.Size(1).ToString(CultureInfo.InvariantCulture))
        {
            throw new GraftException(Failure.Usage, $"in_channels is {channels}, but the input has {input.Size(1)} channels.", "Both must be equal.");
        }

        string[] rest = [.. settings.Where(pair => !IsChannels(pair))];
        using Layer layer = ModelFamilies.Blocks.Contains(module)
            ? ModelFamilies.CreateBlock(module, rest.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]))
            : AdapterOptions.Parse(module, rest).Create((int)input.Size(1));
        LoadModule(layer, weights);

        // Buffers are disposed with the layer; results must outlive it.
        return [.. Run(layer, input, gradient, train).Select(result => (result.Name, result.Value.Clone()))];

        static bool IsChannels(string pair) => pair.StartsWith("in_channels=", StringComparison.Ordinal);
    }

    /// <summary>Runs one adapter, with gradients when an output gradient is given.</summary>
    /// <param name="module">The adapter, weights loaded.</param>
    /// <param name="input">B×C×H×W.</param>
    /// <param name="gradient">Gradient of the output, or null.</param>
    /// <param name="train">Training behaviour (batch statistics).</param>
    public static IReadOnlyList<(string Name, Tensor Value)> Run(Layer module, Tensor input, Tensor? gradient, bool train)
    {
        module.Train(train);
        if (gradient is null)
        {
            using NoGrad off = NoGrad.Begin();
            return [("y", module.Forward(input)), .. Statistics(module, train)];
        }

        input.RequiresGrad = true;
        Tensor output = module.Forward(input);
        output.Backward(gradient);
        return
        [
            ("y", output.Detach()), ("grad_input", input.Grad!),
            .. module.Parameters().Where(entry => entry.Parameter.Trainable)
                .Select(entry => ("grad:" + entry.Name, entry.Parameter.Value.Grad ?? entry.Parameter.Value.ZerosLike())),
            .. Statistics(module, train),
        ];
    }

    /// <summary>
    /// Loads <c>param:NAME</c> and <c>buffer:NAME</c> of an npz, or plain names of any weight file, into a module. A file with these
    /// prefixes may also contain recorded inputs and results.
    /// </summary>
    /// <exception cref="GraftException">The weights do not fit; the message contains the report.</exception>
    public static LoadReport LoadModule(Layer module, string path)
    {
        using WeightFile file = WeightFile.Open(path);
        NameMap map = new() { ["param:*"] = "*", ["buffer:*"] = "*" };
        if (file.Entries.Any(entry => entry.Name.StartsWith("param:", StringComparison.Ordinal)))
        {
            map["*"] = NameMap.Drop("neither param:NAME nor buffer:NAME");
        }

        return module.LoadWeights(file, map).ThrowUnlessComplete();
    }

    private static IEnumerable<(string, Tensor)> Statistics(Module module, bool train)
        => train ? module.State().Where(entry => entry.Parameter.IsBuffer).Select(entry => ("buffer:" + entry.Name, entry.Parameter.Value)) : [];

    private static GraftException Missing(string name, IReadOnlyDictionary<string, Tensor> inputs)
        => new(Failure.Usage, $"The input '{name}' is missing; given: {(inputs.Count == 0 ? "none" : string.Join(", ", inputs.Keys))}.", $"Add --input {name}=FILE.npy.");
}
