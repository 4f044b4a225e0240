using Graft.Torch.Distributed;
using Graft.Torch.Interop;

namespace Graft.Torch.Layers;

/// <summary>Batch normalisation (arXiv:1502.03167) of B×C×H×W over B, H and W.</summary>
public sealed class BatchNorm2d : Layer, IBatchStatistics
{
    /// <summary>Creates the layer: weight 1, bias 0, mean 0, variance 1.</summary>
    /// <param name="channels">C.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Weight of the new batch in the running statistics.</param>
    public BatchNorm2d(int channels, double epsilon = 1e-5, double momentum = 0.1)
    {
        Epsilon = epsilon;
        Momentum = momentum;
        Weight = AddParameter("weight", Tensor.Ones(channels));
        Bias = AddParameter("bias", Tensor.Zeros(channels));
        RunningMean = AddBuffer("running_mean", Tensor.Zeros(channels));
        RunningVariance = AddBuffer("running_var", Tensor.Ones(channels));
        Batches = AddBuffer("num_batches_tracked", Tensor.Zeros([], DType.Long));
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; set; }

    /// <summary>Weight of the new batch in the running statistics.</summary>
    public double Momentum { get; set; }

    /// <summary>Gain γ, C.</summary>
    public Parameter Weight { get; }

    /// <summary>Offset β, C.</summary>
    public Parameter Bias { get; }

    /// <summary>Running mean, C.</summary>
    public Parameter RunningMean { get; }

    /// <summary>Running (unbiased) variance, C.</summary>
    public Parameter RunningVariance { get; }

    /// <summary>Number of training batches so far.</summary>
    public Parameter Batches { get; }

    /// <summary>Whose batches together give the statistics in training (synchronised batch normalisation); null: those of this process.</summary>
    public ProcessGroup? Group { get; set; }

    /// <summary>Normalises by batch statistics and applies SiLU in one step: fewer passes over memory, forward and backward.</summary>
    /// <param name="input">B×C×H×W.</param>
    /// <returns>A channels-last tensor; null outside training, where an adapter is attached in between, or where the type or device is not
    /// supported: then the operators run one by one.</returns>
    public Tensor? ForwardSilu(Tensor input)
    {
        long start = OperationRecorder.Now();
        if (Follower is not null || ByBatch(input, activate: true) is not { } result)
        {
            return null;
        }

        // A recorder gets the layer and the two operators that this replaces, with the one result as the output of both.
        RecordedCall call = Record();
        Report(input, result, start);
        call.End(result);
        OperationRecorder.Active?.Add(result.RequiresGrad ? Aten.Silu : Aten.SiluInPlace, [result], [result]);
        return result;
    }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        long start = OperationRecorder.Now();
        if (ByBatch(input, activate: false) is { } normed)
        {
            Report(input, normed, start);
            return normed;
        }

        if (Training)
        {
            Count();
            // The operator writes the running statistics without increasing their version counters.
            RunningMean.Value.Touch();
            RunningVariance.Value.Touch();
        }

        return input.BatchNorm(Weight.Value, Bias.Value, RunningMean.Value, RunningVariance.Value, Training, Momentum, Epsilon);
    }

    private Tensor? ByBatch(Tensor input, bool activate)
    {
        if (!Training)
        {
            return null;
        }

        Native.Check(
            Native.graft_norm_silu(
                input, Weight.Value, Bias.Value, RunningMean.Value, RunningVariance.Value, Momentum, Epsilon, activate ? 1 : 0,
                Group?.Handle ?? 0, out Tensor? result),
            "batch normalisation");
        if (result is not null)
        {
            Count();
        }
        else if (Group is not null)
        {
            throw new InvalidOperationException($"Batch statistics of several processes are only there for float32 and bfloat16 maps; found {input}.");
        }

        return result;
    }

    private void Report(Tensor input, Tensor result, long start) => OperationRecorder.Active?.Add(
        Aten.BatchNorm,
        Tensor.BatchNormArguments(input, Weight.Value, Bias.Value, RunningMean.Value, RunningVariance.Value, Training, Momentum, Epsilon),
        [result], start);

    private void Count() => Batches.Value.Edit<long>(count => count[0]++);
}

/// <summary>Group normalisation (arXiv:1803.08494) of B×C×H×W over groups of channels and all positions.</summary>
public sealed class GroupNorm : Layer
{
    private readonly int _groups;

    /// <summary>Creates the layer: weight 1, bias 0.</summary>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5)
    {
        _groups = groups;
        Epsilon = epsilon;
        Weight = AddParameter("weight", Tensor.Ones(channels));
        Bias = AddParameter("bias", Tensor.Zeros(channels));
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Number of groups.</summary>
    public int Groups => _groups;

    /// <summary>Gain γ, C.</summary>
    public Parameter Weight { get; }

    /// <summary>Offset β, C.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input)
    {
        // In training maps stay channels-last: libtorch's backward pass turns them into planes.
        if (Training && _groups == 1)
        {
            Native.Check(Native.graft_image_norm(input, Weight.Value, Bias.Value, Epsilon, out Tensor? result), "group normalisation");
            if (result is not null)
            {
                return result;
            }
        }

        return input.InPrecisionOf(Weight).GroupNorm(_groups, Weight.Value, Bias.Value, Epsilon);
    }
}

/// <summary>Layer normalisation (arXiv:1607.06450) over the last axis.</summary>
public sealed class LayerNorm : Layer
{
    private readonly long _width;

    /// <summary>Creates the layer: weight 1, bias 0.</summary>
    public LayerNorm(int width, double epsilon = 1e-5)
    {
        _width = width;
        Epsilon = epsilon;
        Weight = AddParameter("weight", Tensor.Ones(width));
        Bias = AddParameter("bias", Tensor.Zeros(width));
    }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>Gain γ.</summary>
    public Parameter Weight { get; }

    /// <summary>Offset β.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    protected override Tensor Run(Tensor input) => input.InPrecisionOf(Weight).LayerNorm([_width], Weight.Value, Bias.Value, Epsilon);
}
