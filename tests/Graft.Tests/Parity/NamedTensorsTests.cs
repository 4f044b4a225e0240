using Graft.Parity;
using Graft.Torch;

namespace Graft.Tests.Parity;

public sealed class NamedTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Differences_AreTheLargestOfEachName()
    {
        using TensorScope scope = TensorScope.Begin();
        string path = _folder.At("expected.npz");
        NamedTensors.Write(path, [("a", Tensor.From([1f, 2, 3])), ("b", Tensor.From([1f, 2])), ("n", Tensor.From([float.NaN, 1])), ("m", Tensor.From([float.NaN, 1]))]);
        IReadOnlyDictionary<string, double?> found = NamedTensors.Differences(
            [
                ("a", Tensor.From([1f, 2.5f, 2.75f])), ("b", Tensor.From([1f])), ("n", Tensor.From([float.NaN, 1])), ("m", Tensor.From([0f, 1])),
                ("other", Tensor.From([1f])),
            ],
            path);
        Assert.Equal(["a", "b", "m", "n"], found.Keys.Order());
        Assert.Equal(0.5, found["a"]);
        Assert.Null(found["b"]);
        Assert.Equal(0, found["n"]);
        Assert.Equal(double.PositiveInfinity, found["m"]);
    }

    [Fact]
    public void MaskedPlaces_AreNotCompared()
    {
        using TensorScope scope = TensorScope.Begin();
        string path = _folder.At("expected.npz");
        NamedTensors.Write(path, [("logits", Tensor.Zeros(1, 2, 3)), ("all", Tensor.Zeros(1, 2, 3))]);
        Tensor value = Tensor.From([0f, 0, 1, 9, 9, 9], 1, 2, 3);
        IReadOnlyDictionary<string, double?> found = NamedTensors.Differences(
            [("logits", value), ("all", value)], path, new Dictionary<string, Tensor> { ["logits"] = Tensor.From([1f, 0], 1, 2) });
        Assert.Equal(1, found["logits"]);
        Assert.Equal(9, found["all"]);
    }

    [Fact]
    public void Read_TakesTheOnlyTensor_OrTheNamedOne()
    {
        using TensorScope scope = TensorScope.Begin();
        NamedTensors.Write(_folder.At("one.npz"), [("a", Tensor.From([7f]))]);
        NamedTensors.Write(_folder.At("two.npz"), [("a", Tensor.From([7f])), ("b", Tensor.From([8f]))]);
        Assert.Equal([7f], NamedTensors.Read(_folder.At("one.npz"), "x").ToSingles());
        Assert.Equal([8f], NamedTensors.Read(_folder.At("two.npz"), "b").ToSingles());
        Assert.Equal(Failure.Model, Assert.Throws<GraftException>(() => NamedTensors.Read(_folder.At("two.npz"))).Failure);
        Assert.Equal(Failure.Data, Assert.Throws<GraftException>(() => NamedTensors.Read(_folder.At("absent.npz"))).Failure);
    }

    [Fact]
    public void AModuleByName_RunsOnItsWeights_AndItsResultsOutliveIt()
    {
        using TensorScope scope = TensorScope.Begin();
        string weights = _folder.At("lora.npz");
        NamedTensors.Write(weights, [("param:lora_A.weight", Tensor.Ones(2, 4, 1, 1)), ("param:lora_B.weight", Tensor.Ones(4, 2, 1, 1))]);
        Dictionary<string, Tensor> inputs = new() { ["x"] = Tensor.Ones(1, 4, 1, 1) };
        IReadOnlyList<(string Name, Tensor Value)> results = RawForward.Run("lora", ["in_channels=4", "rank=2", "alpha=2"], weights, inputs, Tensor.Ones(1, 4, 1, 1), train: false);
        Assert.Equal([9f, 9, 9, 9], results.Single(result => result.Name == "y").Value.ToSingles());
        Assert.Contains("grad_input", results.Select(result => result.Name));
        Refuses("'x' is missing", ["rank=2"], []);
        Refuses("in_channels is 8", ["in_channels=8", "rank=2"], inputs);

        void Refuses(string words, string[] settings, Dictionary<string, Tensor> given)
        {
            GraftException error = Assert.Throws<GraftException>(() => RawForward.Run("lora", settings, weights, given, null, train: false));
            Assert.Equal(Failure.Usage, error.Failure);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }
}
