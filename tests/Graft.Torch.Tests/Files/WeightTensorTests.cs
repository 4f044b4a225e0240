using Graft.Torch;
using Graft.Torch.Layers;
using Graft.Torch.Weights;

namespace Graft.Files.Tests;

/// <summary>Stored weights become tensors and back without a change.</summary>
public class WeightTensorTests
{
    [Fact]
    public void Tensors_GoThroughAFileUnchanged()
    {
        using TemporaryFolder folder = new();
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.RandN(3, 4, 5);
        Dictionary<string, Tensor> tensors = new[] { DType.Float, DType.Double, DType.Half, DType.BFloat16, DType.Long, DType.Int,
            DType.Bool }
            .ToDictionary(type => type.ToString(), type => x.To(type));
        tensors["transposed"] = x.Transpose(0, 2);
        string path = folder.At("tensors.safetensors");
        SafeTensorsWriter.Write(path, tensors.Select(pair => WeightData.From(pair.Key, pair.Value)));
        using WeightFile file = WeightFile.Open(path);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Tensor read = file[name].ToTensor();
            Assert.Equal(tensor.DType, read.DType);
            Assert.Equal(tensor.Shape, read.Shape);
            Assert.Equal(tensor.ToDoubles(), read.ToDoubles());
        }
    }

    [Fact]
    public void CopyInto_ConvertsToTheTypeOfTheTarget()
    {
        using TemporaryFolder folder = new();
        using TensorScope scope = TensorScope.Begin();
        SafeTensorsWriter.Write(folder.At("w.safetensors"),
            [WeightData.From("w", new[] { (Half)1.5f, (Half)(-2f), (Half)0.25f, (Half)8f }, 2, 2)]);
        using WeightFile file = WeightFile.Open(folder.At("w.safetensors"));
        Tensor columns = Tensor.Zeros(2, 2).Transpose(0, 1);
        file["w"].CopyInto(columns);
        Assert.Equal([1.5f, -2f, 0.25f, 8f], columns.ToSingles());
        Assert.Throws<ArgumentException>(() => file["w"].CopyInto(Tensor.Zeros(4)));
    }

    [Fact]
    public void Module_LoadsWhatItSaved_AndRefusesAnotherSize()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("layer.pth");
        using Linear saved = new(4, 3);
        TorchWriter.Write(path, saved.StateDict().Select(entry => WeightData.From(entry.Name, entry.Value)));
        using Linear fresh = new(4, 3);
        LoadReport report = fresh.LoadWeights(path);
        Assert.Equal(2, report.Copied);
        Assert.Equal(1.0, report.Coverage);
        Assert.Equal(saved.StateDict().SelectMany(entry => entry.Value.ToSingles()),
            fresh.StateDict().SelectMany(entry => entry.Value.ToSingles()));

        using Linear larger = new(4, 5);
        float[] before = [.. larger.StateDict().SelectMany(entry => entry.Value.ToSingles())];
        GraftException error = Assert.Throws<GraftException>(() => larger.LoadWeights(path));
        Assert.Contains("weight is 5×4 in the model, 3×4 in the file", error.Message, StringComparison.Ordinal);
        Assert.Contains("bias is 5 in the model, 3 in the file", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, larger.StateDict().SelectMany(entry => entry.Value.ToSingles()));
    }
}
