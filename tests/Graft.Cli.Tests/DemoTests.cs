using Graft.Adaptation;
using Graft.Cli.CommandLine;
using Graft.Synthetic;
using Graft.Training;

namespace Graft.Cli.Tests;

/// <summary>The demo from the drawing to the page, with a few images and passes.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryStep_IsMeasured_AndToldOnOnePage()
    {
        BuiltInEncoder.Register();
        Lines lines = new();
        DemoResult result = new Demo(_folder.At("demo"), lines) { Size = new DemoSize(TrainImages: 8, ValImages: 12, Epochs: 2) }.Run(0, CancellationToken.None);

        Assert.True(result.Adaptation.Merge.Exact);
        Assert.True(result.Adaptation.Join!.Exact);

        // The proof above is bit for bit on its inputs; other batches may take other kernels, and boxes of equal score another order.
        Assert.Equal(1, result.Words.Joined.Figure, 0.005);
        Assert.Equal(result.Adaptation.Adapted.Map50, result.Words.JoinedNew.Map50, 0.005);
        Assert.InRange(result.Words.Full.Figure, -1, 0.99);

        // After two passes many boxes share the score 1, and rounding alone decides which of two equal ones suppresses the other.
        Assert.True(result.Adaptation.OnnxBoxes.Before > 0);
        Assert.Equal(result.Adaptation.Adapted.Map50, result.Adaptation.Onnx.Map50, 0.05);
        Assert.True(result.Full.Summary.Trainable > 2 * result.Adaptation.Training.Summary.Trainable);
        Assert.Equal(["A.", "B.", "C.", "D."], lines.Said.Where(line => line is [_, '.', ' ', ..]).Select(line => line[..2]).Where(start => char.IsLetter(start[0])));

        string page = File.ReadAllText(result.Page);
        Assert.Equal(2, page.Split("src=\"data:image/jpeg;base64,").Length - 1);
        Assert.DoesNotContain("src=\"product", page, StringComparison.Ordinal);
        Assert.Contains("./graft adapt DATA", page, StringComparison.Ordinal);
        Assert.All(result.Adaptation.Names, name => Assert.Contains(name, page, StringComparison.Ordinal));
        Assert.All(result.Times, time => Assert.Contains($"<td class=\"words\">{time.Step}</td>", page, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.ChangeExtension(result.Page, ".md")));

        GraftException again = Assert.Throws<GraftException>(() => new Demo(_folder.At("demo"), lines).Run(0, CancellationToken.None));
        Assert.Equal(Failure.Refused, again.Failure);
    }

    private sealed class Lines : IAdaptObserver
    {
        internal List<string> Said { get; } = [];

        public void OnLine(string line) => Said.Add(line);

        public void OnProgress(double share, string text)
        {
        }

        public void OnPlan(AdaptPlan plan)
        {
        }

        public void OnStep(StepReport report)
        {
        }

        public void OnEpoch(EpochReport report)
        {
        }

        public void OnNote(string note) => Said.Add(note);
    }
}
