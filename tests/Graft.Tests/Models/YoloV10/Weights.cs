using Graft.Files;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Tests.Models.YoloV10;

internal static class Weights
{
    /// <summary>Copies entries into a module whose names they must match exactly; single numbers may be stored as one-element vectors.</summary>
    internal static void Load(Module module, IEnumerable<WeightEntry> entries, Func<string, string> rename)
    {
        using NoGrad off = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, WeightEntry> given = entries.ToDictionary(entry => rename(entry.Name));
        (string Name, Tensor Value)[] state = [.. module.StateDict()];
        Assert.Equal(given.Keys.Order(StringComparer.Ordinal), state.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        foreach ((string name, Tensor value) in state)
        {
            Tensor source = Golden.Of(given[name]);
            Assert.True(source.Count == 1 || value.Shape.SequenceEqual(source.Shape), $"{name} is {source}, expected {value}.");
            value.CopyFrom(source.Count == 1 ? source.Reshape(value.Shape) : source);
        }
    }
}
