namespace Graft.Peft;

/// <summary>What a tensor of an adapter file, or of a checkpoint of an adapted model, is.</summary>
public enum PeftKeyKind
{
    /// <summary>The first matrix of a pair (lora_A, lora_embedding_A).</summary>
    A,

    /// <summary>The second matrix of a pair (lora_B, lora_embedding_B).</summary>
    B,

    /// <summary>The bias of the second matrix.</summary>
    BBias,

    /// <summary>DoRA's length of every output row.</summary>
    Magnitude,

    /// <summary>A whole tensor that replaces one of the base (modules_to_save, embeddings, biases).</summary>
    Replacement,

    /// <summary>The tensor that a replacement replaces (original_module).</summary>
    Original,

    /// <summary>A tensor of the adapted layer itself (base_layer).</summary>
    BaseLayer,

    /// <summary>Any other tensor of the model.</summary>
    Plain,
}
