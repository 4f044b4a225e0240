using Graft.Data;
using Graft.Detection;
using Graft.Torch;
using Graft.Torch.Images;

namespace Graft.Evaluation;

/// <summary>What an evaluation found.</summary>
/// <param name="Scores">COCO numbers.</param>
/// <param name="Found">Boxes of each picture of the data set, best first.</param>
/// <param name="Results">The same as COCO results.</param>
/// <param name="Unreadable">Pictures that could not be read; they count as pictures without a found box.</param>
public sealed record EvaluationResult(
    CocoScores Scores, IReadOnlyList<Detection.Detection[]> Found, IReadOnlyList<CocoResult> Results, IReadOnlyList<string> Unreadable);

/// <summary>Runs a detector over a data set and scores it.</summary>
/// <param name="data">Pictures and true boxes.</param>
/// <param name="imgsz">Side of the input in pixels.</param>
/// <param name="options">Thresholds of the final boxes.</param>
public sealed class DetectorEvaluation(DetectionDataset data, int imgsz, PostProcessOptions options)
{
    private const int Batch = 8;
    private readonly Letterbox _letterbox = new(imgsz);

    /// <summary>Scores a detector; its network must be in evaluation mode.</summary>
    /// <param name="detector">Labels are those of the data set.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    public EvaluationResult Run(IDetector detector, Action<int>? progress = null)
    {
        List<string> unreadable = [];
        Detection.Detection[][] found = [.. data.Images.Select(_ => Array.Empty<Detection.Detection>())];
        Task<Prepared> next = Task.Run(() => Prepare(0));
        using NoGrad off = NoGrad.Begin();
        for (int start = 0; start < data.Images.Count; start += Batch)
        {
            Prepared batch = next.Result;
            int following = start + Batch;
            if (following < data.Images.Count)
            {
                next = Task.Run(() => Prepare(following));
            }

            unreadable.AddRange(batch.Unreadable);
            if (batch.Positions.Length > 0)
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor bytes = Tensor.From(batch.Pixels, batch.Positions.Length, 3, imgsz, imgsz);
                Detection.Detection[][] boxes = detector.Detect(PixelBatch.Normalise(bytes), batch.Fittings, options);
                for (int i = 0; i < boxes.Length; i++)
                {
                    found[batch.Positions[i]] = boxes[i];
                }
            }

            progress?.Invoke(Math.Min(following, data.Images.Count));
        }

        CocoResult[] results = [.. found.SelectMany((boxes, position) => boxes.Select(box => Result(data.Images[position].Id, box)))];
        return new EvaluationResult(CocoEvaluator.Evaluate(CocoGroundTruth.From(data), results), found, results, unreadable);
    }

    private CocoResult Result(long image, Detection.Detection found) => new(
        image, data.Categories[found.Label].Id, found.Box.X1, found.Box.Y1, found.Box.Width, found.Box.Height, found.Score);

    private Prepared Prepare(int start)
    {
        int count = Math.Min(Batch, data.Images.Count - start), plane = 3 * imgsz * imgsz;
        byte[] pixels = new byte[count * plane];
        List<int> positions = [];
        List<Fitting> fittings = [];
        List<string> unreadable = [];
        for (int i = start; i < start + count; i++)
        {
            try
            {
                (Image input, Fitting fitting) = _letterbox.Load(data.Images[i].Path);
                using (input)
                {
                    input.CopyPlanes(pixels.AsSpan(positions.Count * plane, plane), swap: true);
                }

                positions.Add(i);
                fittings.Add(fitting);
            }
            catch (GraftException error) when (error.Failure == Failure.Data)
            {
                unreadable.Add(error.Message);
            }
        }

        return new Prepared([.. positions], [.. fittings], pixels[..(positions.Count * plane)], [.. unreadable]);
    }

    private sealed record Prepared(int[] Positions, Fitting[] Fittings, byte[] Pixels, string[] Unreadable);
}
