namespace Graft.Torch;

/// <summary>Views, concatenation, copies.</summary>
public sealed partial class Tensor
{
    /// <summary>Another shape of the same elements; -1 is inferred.</summary>
    public Tensor Reshape(params long[] shape) => Aten.Reshape.Call(this, shape);

    /// <summary>Reorders the axes.</summary>
    public Tensor Permute(params long[] axes) => Aten.Permute.Call(this, axes);

    /// <summary>Swaps two axes.</summary>
    public Tensor Transpose(int first, int second) => Aten.Transpose.Call(this, first, second);

    /// <summary>Flattens the axes from first to last into one.</summary>
    public Tensor Flatten(int first = 0, int last = -1) => Aten.Flatten.Call(this, first, last);

    /// <summary>Inserts an axis of length one.</summary>
    public Tensor Unsqueeze(int axis) => Aten.Unsqueeze.Call(this, axis);

    /// <summary>Removes an axis of length one.</summary>
    public Tensor Squeeze(int axis) => Aten.Squeeze.Call(this, axis);

    /// <summary>Expands axes of length one without a copy; -1 keeps a length.</summary>
    public Tensor Expand(params long[] shape) => Aten.Expand.Call(this, shape);

    /// <summary>Tiles the tensor along each axis.</summary>
    public Tensor Repeat(params long[] times) => Aten.Repeat.Call(this, times);

    /// <summary>A range along an axis, as a view.</summary>
    public Tensor Narrow(int axis, long start, long length) => Aten.Narrow.Call(this, axis, start, length);

    /// <summary>One position along an axis, which disappears; a view.</summary>
    public Tensor Select(int axis, long index) => Aten.Select.Call(this, axis, index);

    /// <summary>Every <paramref name="step"/>-th position of a range along an axis; a view.</summary>
    public Tensor Slice(int axis, long start, long end, long step = 1) => Aten.Slice.Call(this, axis, start, end, step);

    /// <summary>Equal parts along an axis; views.</summary>
    public Tensor[] Chunk(int parts, int axis) => Aten.Chunk.CallMany(this, parts, axis);

    /// <summary>Parts of given lengths along an axis; views.</summary>
    public Tensor[] Split(long[] lengths, int axis) => Aten.Split.CallMany(this, lengths, axis);

    /// <summary>Selects positions along an axis.</summary>
    public Tensor IndexSelect(int axis, Tensor positions) => Aten.IndexSelect.Call(this, axis, positions);

    /// <summary>Gathers elements along an axis; positions have this tensor's rank.</summary>
    public Tensor Gather(int axis, Tensor positions) => Aten.Gather.Call(this, axis, positions);

    /// <summary>A copy with elements written along an axis.</summary>
    public Tensor Scatter(int axis, Tensor positions, Tensor values) => Aten.Scatter.Call(this, axis, positions, values);

    /// <summary>Indexes by tensors of positions or masks, one per leading axis; null takes a whole axis.</summary>
    public Tensor Index(params Tensor?[] positions) => Aten.Index.Call(this, Argument.Indices(positions));

    /// <summary>Positions of the non-zero elements, K×rank.</summary>
    public Tensor NonZero() => Aten.NonZero.Call(this);

    /// <summary>One-hot encoding of integers from 0 to classes-1.</summary>
    public Tensor OneHot(long classes) => Aten.OneHot.Call(this, classes);

    /// <summary>Zeros (or a value) added around the last axes: left, right, top, bottom, …</summary>
    public Tensor Pad(long[] amounts, double value = 0) => Aten.Pad.Call(this, amounts, value);

    /// <summary>Reverses axes.</summary>
    public Tensor Flip(params long[] axes) => Aten.Flip.Call(this, axes);

    /// <summary>Concatenates tensors along an axis.</summary>
    public static Tensor Cat(Tensor[] parts, int axis) => Aten.Cat.Call(parts, axis);

    /// <summary>Stacks tensors of one shape along a new axis.</summary>
    public static Tensor Stack(Tensor[] parts, int axis = 0) => Aten.Stack.Call(parts, axis);

    /// <summary>The same values in another element type (a copy unless nothing changes).</summary>
    public Tensor To(DType type) => Aten.ToType.Call(this, type);

    /// <summary>The same values on another device.</summary>
    public Tensor To(string device) => Aten.ToDevice.Call(this, Argument.OnDevice(device), DType);

    /// <summary>The same values in another memory format.</summary>
    public Tensor To(MemoryFormat format) => Aten.Contiguous.Call(this, format);

    /// <summary>The same values, dense in C order.</summary>
    public Tensor Contiguous() => Aten.Contiguous.Call(this);

    /// <summary>A copy.</summary>
    public Tensor Clone() => Aten.Clone.Call(this);

    /// <summary>The same memory, detached from the autograd graph.</summary>
    public Tensor Detach() => Aten.Detach.Call(this);

    /// <summary>Overwrites this tensor with the values of another, converted and broadcast.</summary>
    public Tensor CopyFrom(Tensor source)
    {
        Aten.Copy.Apply(this, source);
        return this;
    }

    /// <summary>Overwrites every element.</summary>
    public Tensor Fill(double value)
    {
        Aten.Fill.Apply(this, value);
        return this;
    }

    /// <summary>Overwrites with uniform random numbers.</summary>
    public Tensor FillUniform(double low, double high)
    {
        Aten.Uniform.Apply(this, low, high);
        return this;
    }

    /// <summary>Overwrites with normal random numbers.</summary>
    public Tensor FillNormal(double mean, double deviation)
    {
        Aten.Normal.Apply(this, mean, deviation);
        return this;
    }
}
