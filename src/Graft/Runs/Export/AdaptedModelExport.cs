using Graft.Adapters;
using Graft.Detectors;
using Graft.Export;
using Graft.Files;
using Graft.Rewriting;
using Graft.Torch;

namespace Graft.Runs;

/// <summary>Exports a base once and several adapters as files for it: ONNX Runtime swaps them between calls.</summary>
public static class AdaptedModelExport
{
    private const string Neutral = "(none)";

    /// <summary>Exports a base with adapter files of one architecture.</summary>
    /// <param name="model">The base; no adapter is active afterwards.</param>
    /// <param name="adapters">Names and files that training wrote as <c>weights/adapter.safetensors</c>; names become parts of file names.</param>
    /// <param name="path">The ONNX file; adapters are written beside it.</param>
    /// <param name="options">Size, form, thresholds; adapters are not merged.</param>
    /// <param name="note">Receives notes before and during the work.</param>
    /// <exception cref="GraftException">Of kind Refused: an adapter of another base; of kind Usage: adapters of different architectures or
    /// numbers of classes, or a written file would replace an input; of kind Export: ONNX Runtime does not give the same outputs. Nothing is written then.</exception>
    public static ExportReport Run(
        TrainedModel model, IReadOnlyList<(string Name, string Path)> adapters, string path, ModelExportOptions options, Action<string>? note = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(options);
        ModelExport.RequireTarget(model, path);
        if (options.Int8 is not null)
        {
            throw new GraftException(
                Failure.Usage, "Adapters as inputs and int8 do not go together: what can be overridden has no ranges and no weights that could be quantized once.",
                "Leave --int8 out, or export each adapter merged: graft export BASE --adapter FILE --int8.");
        }

        RequireTargets(model, adapters, path);
        AdapterFile[] files = [.. adapters.Select(adapter => AdapterFile.Open(adapter.Path))];
        try
        {
            AdapterArchitecture.Require(model.Detector, files);
            return Run(model, [.. adapters.Zip(files, (adapter, file) => (adapter.Name, file))], path, options with { KeepAdapters = true }, note);
        }
        finally
        {
            model.Use(null);
            Array.ForEach(files, file => file.Dispose());
        }
    }

    /// <summary>Refuses names under which a written file would replace the base or an adapter that is read.</summary>
    private static void RequireTargets(TrainedModel model, IReadOnlyList<(string Name, string Path)> adapters, string path)
    {
        string[] inputs = [model.Path, .. adapters.Select(adapter => adapter.Path)];
        foreach (string target in adapters.SelectMany(adapter => AdapterInputExport.FilesOf(path, adapter.Name)).Prepend(path))
        {
            if (InputPaths.ReplacedBy(target, inputs) is { } input)
            {
                throw new GraftException(
                    Failure.Usage, $"{target} would replace an input: {input}.", "Give the model another name or folder, or the adapter another name: NAME=FILE.");
            }
        }
    }

    private static ExportReport Run(
        TrainedModel model, IReadOnlyList<(string Name, AdapterFile File)> adapters, string path, ModelExportOptions options, Action<string>? note)
    {
        bool isOpen = options.TextInput || model.Detector is not ITextDetector;
        bool ownPrompts = isOpen || model.Vocabulary.Names.Count == adapters[0].File.Vocabulary?.Names.Count;
        using (AdapterFile neutral = AdapterArchitecture.Neutral(adapters[0].File))
        {
            model.Load(Neutral, neutral);
        }

        foreach ((string name, AdapterFile file) in adapters)
        {
            model.Load(name, file);
        }

        if (!ownPrompts)
        {
            note?.Invoke($"without an adapter the model has the classes of {adapters[0].Name}: those of the base are of another number");
        }

        ExportOptions form = ModelExport.FormOf(model, options);
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<ProofImage> images = ModelExport.ImagesOf(model, form, note);
        // An unfrozen norm is a small input by itself; folded, the convolution before it would be one too.
        bool fold = adapters.All(adapter => adapter.File.Unfrozen.Count == 0);
        UseBase(Neutral);
        ModelExport.RequireMeaning(model, options);
        using Rewritten rewritten = ModelExport.Rewrite(model, options, images, note, fold);
        AdapterInputExport export = AdapterInputExport.Of(rewritten.Subject, form, [.. adapters[0].File.Adapters.Select(stored => stored.Site.ContainerPath)]);
        Dictionary<string, IReadOnlyList<string>> classes = [];
        foreach ((string name, _) in adapters)
        {
            model.Use(name);
            AdapterArchitecture.RequireClasses(name, model.Vocabulary, rewritten.Source.Vocabulary ?? model.Vocabulary, isOpen);
            ModelExport.RequireMeaning(model, options);
            using Rewritten adapted = ModelExport.Rewrite(model, options, images, null, fold);
            export.Add(name, model.Vocabulary.Names, adapted.Subject);
        }

        export.Complete();
        foreach ((string name, _) in adapters)
        {
            model.Use(name);
            Rewritten? adapted = null;
            try
            {
                export.Verify(name, model.Detector, () => (adapted ??= ModelExport.Rewrite(model, options, images, null, fold)).Subject, images, options.Tolerance);
            }
            finally
            {
                adapted?.Dispose();
            }
        }

        UseBase(null);
        ModelExport.RequireClasses(model, options);
        export.Verify(model.Detector, rewritten.Subject, images, options.Tolerance);
        ExportDescription description = ModelExport.DescriptionOf(model, rewritten, Path.GetFileNameWithoutExtension(path), options);
        return export.Write(path, model.Detector, rewritten.Subject, description, images, options.Tolerance) with { Rewrite = rewritten.Report };

        void UseBase(string? adapter)
        {
            model.Use(ownPrompts ? null : adapters[0].Name);
            model.Use(adapter, keepPrompts: true);
        }
    }
}
