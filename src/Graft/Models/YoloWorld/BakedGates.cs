using Graft.Rewriting;
using Graft.Torch;
using Graft.Torch.Layers;

namespace Graft.Models.YoloWorld;

/// <summary>⟨e, G·wₙ + g⟩ per head, for N known prompts, is a 1×1 convolution per head whose rows are that head's channels of G·wₙ + g.</summary>
internal static class BakedGates
{
    /// <summary>Fills a baked gate from one that reads text.</summary>
    /// <param name="from">Reads text through its guide.</param>
    /// <param name="into">Its baked form.</param>
    /// <param name="prompts">N×D in double precision, not normalised: here their lengths matter.</param>
    internal static void Apply(TextGate from, TextGate into, Tensor prompts)
    {
        Linear guide = from.Guide!;
        Tensor rows = prompts.Linear(FoldNorms.Wide(guide.Weight), FoldNorms.Wide(guide.Bias!)) * into.BakedScale;      // N×e
        Tensor[] heads = rows.Chunk(into.Baked!.Count, 1);                                                           // M of N×c
        for (int head = 0; head < heads.Length; head++)
        {
            into.Baked[head].Weight.Value.CopyFrom(heads[head].Unsqueeze(2).Unsqueeze(3));
        }
    }
}
