using Graft.Runtime.Inference;
using Graft.Runtime.Models;
using Graft.Runtime.Preprocessing;

namespace Graft.Runtime;

/// <summary>A detector in an ONNX file: pixels in, detections out. One instance serves all threads of an application.</summary>
/// <remarks>
/// Sizes, preprocessing, thresholds and names come from the file's metadata; what it does not say is in
/// <see cref="ModelDescription.Assumptions"/>. After the first image a call allocates its result only.
/// </remarks>
public sealed class OnnxDetector : IDisposable
{
    private readonly OpenModel _model;
    private readonly OnnxDetectorOptions _options;
    private readonly ContextPool _contexts;
    private readonly IReadOnlyDictionary<int, Vocabulary> _adapterVocabularies;
    private Vocabulary _vocabulary;
    private OnnxAdapter? _adapter;

    private OnnxDetector(OpenModel model, OnnxDetectorOptions options)
    {
        (_model, _options) = (model, options);
        _vocabulary = new Vocabulary(Model.Names, model.Contract.DefaultText, Model, options);
        _adapterVocabularies = AdapterVocabularies.Read(model, options);
        VocabularyChecks.CheckThresholds(model, options, _adapterVocabularies.Values);
        _contexts = new ContextPool(model, options);
    }

    /// <summary>What the file says about itself, and what was assumed.</summary>
    public ModelDescription Model => _model.Contract.Description;

    /// <summary>Names of the classes in the order of labels: the model's, those of the adapter in use, or those of <see cref="SetVocabulary"/>.</summary>
    public IReadOnlyList<string> Names => VocabularyOf(Volatile.Read(ref _adapter)).Names;

    /// <summary>Loads a model.</summary>
    /// <param name="path">An ONNX file that Graft or Ultralytics exported for detection.</param>
    /// <param name="options">Settings; null: the model's own.</param>
    /// <exception cref="OnnxDetectorException">Of kind Model: missing, damaged, too new or not a detector. Of kind Usage: a wrong option.</exception>
    public static OnnxDetector Load(string path, OnnxDetectorOptions? options = null) => Create(OpenModel.Load, path, options);

    /// <summary>Loads a model from memory.</summary>
    /// <param name="model">The bytes of an ONNX file.</param>
    /// <param name="options">Settings; null: the model's own.</param>
    /// <exception cref="OnnxDetectorException">Of kind Model: damaged, too new or not a detector. Of kind Usage: a wrong option.</exception>
    public static OnnxDetector Load(byte[] model, OnnxDetectorOptions? options = null) => Create(OpenModel.Load, model, options);

    /// <summary>Loads a model from a stream, such as an embedded resource.</summary>
    /// <param name="model">The bytes of an ONNX file, from the stream's position to its end.</param>
    /// <param name="options">Settings; null: the model's own.</param>
    /// <exception cref="OnnxDetectorException">Of kind Model: damaged, too new or not a detector. Of kind Usage: a wrong option.</exception>
    public static OnnxDetector Load(Stream model, OnnxDetectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        using MemoryStream copy = new();
        model.CopyTo(copy);
        return Load(copy.ToArray(), options);
    }

    /// <summary>Detects on an image file: JPEG, PNG, BMP or WebP, turned as its EXIF orientation says.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: missing or not an image.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public DetectionResult Detect(string file, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        CallContext context = Rent(options, cancellation);
        try
        {
            return context.Detect(context.Load(file));
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    /// <summary>Detects on pixels in memory, such as a camera's buffer, which must not change during the call.</summary>
    /// <param name="pixels">Rows from top to bottom.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="format">Layout of a pixel.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: size, stride, format and length of the buffer do not fit together.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public DetectionResult Detect(
        ReadOnlySpan<byte> pixels, int width, int height, int stride, PixelFormat format, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        PixelView view = Pixels.View(pixels, width, height, stride, format, options);
        CallContext context = Rent(options, cancellation);
        try
        {
            return context.Detect(view);
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    /// <summary>Detects on the bytes of an image file, such as the body of a web request.</summary>
    /// <param name="image">A JPEG, PNG, BMP or WebP file.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    /// <exception cref="OnnxDetectorException">Of kind Data: not an image.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public DetectionResult DetectEncoded(ReadOnlySpan<byte> image, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        CallContext context = Rent(options, cancellation);
        try
        {
            return context.Detect(context.Decode(image));
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    /// <summary>Detects on an image file on a thread of the pool.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    public Task<DetectionResult> DetectAsync(string file, DetectOptions? options = null, CancellationToken cancellation = default)
        => Task.Run(() => Detect(file, options, cancellation), cancellation);

    /// <summary>Detects on pixels in memory on a thread of the pool; they must not change before the task ends.</summary>
    /// <param name="image">The image.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    public Task<DetectionResult> DetectAsync(ImageBuffer image, DetectOptions? options = null, CancellationToken cancellation = default)
        => Task.Run(() => Detect(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format, options, cancellation), cancellation);

    /// <summary>Detects on image files; those whose inputs have one size run together where the model takes several.</summary>
    /// <param name="files">The files.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    /// <returns>One result for each file.</returns>
    /// <exception cref="OnnxDetectorException">Of kind Data: a file is missing or not an image.</exception>
    public IReadOnlyList<DetectionResult> DetectBatch(IReadOnlyList<string> files, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Batch(files.Count, (context, index) => context.Load(files[index]), options, cancellation);
    }

    /// <summary>Detects on images in memory; those whose inputs have one size run together where the model takes several.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Settings of this call; null: the detector's.</param>
    /// <param name="cancellation">Ends the call, also during the inference.</param>
    /// <returns>One result for each image.</returns>
    /// <exception cref="OnnxDetectorException">Of kind Data: size, stride, format and length of a buffer do not fit together.</exception>
    public IReadOnlyList<DetectionResult> DetectBatch(IReadOnlyList<ImageBuffer> images, DetectOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Batch(images.Count, (_, index) => View(images[index]), options, cancellation);

        PixelView View(ImageBuffer image) => Pixels.View(image.Pixels.Span, image.Width, image.Height, image.Stride, image.Format, options);
    }

    /// <summary>Runs once on a gray image of the input's size, so that the next image is as fast as the others.</summary>
    public void WarmUp()
    {
        byte[] gray = new byte[checked(Model.InputWidth * Model.InputHeight)];
        Detect(gray, Model.InputWidth, Model.InputHeight, Model.InputWidth, PixelFormat.Mono8);
    }

    /// <summary>Makes an adapter, with the classes of its training, the one of all later calls; calls that run keep theirs.</summary>
    /// <param name="adapter">The adapter, which the caller disposes after the detector's last use of it; null: none.</param>
    /// <exception cref="OnnxDetectorException">Of kind Model: it belongs to another base model.</exception>
    public void Use(OnnxAdapter? adapter)
    {
        adapter?.File.CheckBase(_model);
        Volatile.Write(ref _adapter, adapter);
    }

    /// <summary>Makes other classes those of all later calls, for models that take text embeddings as an input.</summary>
    /// <param name="names">Names of the classes in the order of labels.</param>
    /// <param name="embeddings">N×D: a row of <see cref="ModelDescription.TextWidth"/> numbers for each name, from the text encoder that the model was trained with.</param>
    /// <exception cref="OnnxDetectorException">Of kind Usage: the model's classes are fixed, or names and embeddings do not fit.</exception>
    public void SetVocabulary(IReadOnlyList<string> names, ReadOnlySpan<float> embeddings)
    {
        ArgumentNullException.ThrowIfNull(names);
        Volatile.Write(ref _vocabulary, VocabularyChecks.Make(_model, names, embeddings, _options));
    }

    /// <summary>Makes prompts the classes of all later calls, for models that take text embeddings as an input; the classes are named as the prompts.</summary>
    /// <param name="encoder">The text encoder that the model was trained with (<see cref="ModelDescription.TextEncoder"/>).</param>
    /// <param name="prompts">What to look for, in the order of labels.</param>
    /// <exception cref="OnnxDetectorException">Of kind Usage: the model's classes are fixed, prompts are missing, blank or twice, or the encoder is
    /// another one.</exception>
    public void SetPrompts(ITextEncoder encoder, IReadOnlyList<string> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        SetPrompts(encoder, [.. prompts.Select(prompt => (prompt, prompt))]);
    }

    /// <summary>Makes prompts under names of their own the classes of all later calls, such as a description in English of a class with another
    /// name.</summary>
    /// <param name="encoder">The text encoder that the model was trained with (<see cref="ModelDescription.TextEncoder"/>).</param>
    /// <param name="classes">Names of the classes, and what to look for.</param>
    /// <exception cref="OnnxDetectorException">As for prompts alone.</exception>
    public void SetPrompts(ITextEncoder encoder, IReadOnlyList<(string Name, string Prompt)> classes)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(classes);
        VocabularyChecks.CheckPrompts(_model, encoder, [.. classes.Select(one => one.Prompt)]);
        SetVocabulary([.. classes.Select(one => one.Name)], encoder.Embed([.. classes.Select(one => one.Prompt)]));
    }

    /// <summary>Frees the session; calls that run end first.</summary>
    public void Dispose() => _contexts.Dispose();

    private static OnnxDetector Create<T>(Func<T, OnnxDetectorOptions, OpenModel> load, T source, OnnxDetectorOptions? options)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new OnnxDetectorOptions();
        OptionChecks.Check(options);
        OpenModel model = load(source, options);
        OnnxDetector? detector = null;
        try
        {
            detector = new OnnxDetector(model, options);
            if (options.WarmUp)
            {
                detector.WarmUp();
            }

            return detector;
        }
        catch
        {
            ((IDisposable?)detector ?? model).Dispose();
            throw;
        }
    }

    private CallContext Rent(DetectOptions? options, CancellationToken cancellation)
    {
        OnnxAdapter? adapter = options?.Adapter ?? Volatile.Read(ref _adapter);
        Vocabulary vocabulary = VocabularyOf(adapter);
        VocabularyChecks.CheckReady(_model, vocabulary);
        return _contexts.Rent(vocabulary, adapter, options, cancellation);
    }

    private Vocabulary VocabularyOf(OnnxAdapter? adapter)
        => adapter is not null && _adapterVocabularies.TryGetValue(adapter.File.AdapterVersion, out Vocabulary? own) ? own : Volatile.Read(ref _vocabulary);

    private DetectionResult[] Batch(int count, ImageSource source, DetectOptions? options, CancellationToken cancellation)
    {
        CallContext context = Rent(options, cancellation);
        try
        {
            (int Width, int Height)[] sizes = new (int, int)[count];
            for (int index = 0; index < count; index++)
            {
                PixelView view = source(context, index);
                sizes[index] = (view.Width, view.Height);
                context.Enqueue(view, index);
            }

            DetectionResult[] results = new DetectionResult[count];
            for (int index = 0; index < count; index++)
            {
                results[index] = context.Take(index, sizes[index].Width, sizes[index].Height, count);
            }

            return results;
        }
        finally
        {
            _contexts.Return(context);
        }
    }

    private delegate PixelView ImageSource(CallContext context, int index);
}
