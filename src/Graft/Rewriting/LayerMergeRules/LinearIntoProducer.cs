using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Rewriting;

/// <summary>M·(W∗x + b) + v = (M·W)∗x + (M·b + v): a linear adapter directly after a plain convolution folds into it, with or without padding.</summary>
/// <remarks>Only when no other layer reads the convolution's output and neither a norm nor an activation lies between.</remarks>
internal static class LinearIntoProducer
{
    /// <summary>The convolution before an adapter that it can fold into, or the reason why there is none.</summary>
    internal static (string Path, Conv2d Conv)? Find(RecordedRun run, ModuleCall call, out string reason)
    {
        reason = "";
        if (run.InputOf(call) is not { } input)
        {
            reason = "it reads more than one feature map";
            return null;
        }

        int made = Enumerable.Range(0, call.Start).LastOrDefault(i => run.Operations[i].Outputs.Contains(input), -1);
        if (made < 0 || run.ConvolutionOf(run.Operations[made]) is not { } found)
        {
            reason = "its input is not directly the output of a convolution";
        }
        else if (found.Conv.Groups != 1)
        {
            reason = $"{found.Path} before it is a grouped convolution";
        }
        else if (run.UsesOf(found.Conv) != 1 || run.IsOutput(input) || Others(run, input, made, call))
        {
            reason = $"other layers read the output of {found.Path} too";
        }
        else
        {
            return found;
        }

        return null;
    }

    /// <summary>Folds the map into a convolution.</summary>
    internal static void Apply(Conv2d conv, LinearMap map)
    {
        Tensor weight = FoldNorms.Wide(conv.Weight), mixed = map.Matrix.MatMul(weight.Flatten(1)).Reshape(weight.Shape);
        Tensor? bias = conv.Bias is null ? null : map.Matrix.MatMul(FoldNorms.Wide(conv.Bias));
        bias = map.Shift is { } shift ? bias is null ? shift : bias + shift : bias;
        conv.Weight.Value.CopyFrom(mixed);
        if (bias is not null)
        {
            if (conv.Bias is null)
            {
                conv.SetBias(bias.To(conv.Weight.Value.DType));
            }
            else
            {
                conv.Bias.Value.CopyFrom(bias);
            }
        }
    }

    private static bool Others(RecordedRun run, Tensor input, int made, ModuleCall call)
        => Enumerable.Range(made + 1, run.Operations.Count - made - 1)
            .Where(i => i < call.Start || i >= call.End)
            .Any(i => RecordedRun.Reads(run.Operations[i]).Contains(input));
}
