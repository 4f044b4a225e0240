namespace Graft.Torch;

/// <summary>Views, joins, copies.</summary>
public sealed partial class Tensor
{
    /// <summary>Another shape of the same elements; -1 stands for what is left.</summary>
    public Tensor Reshape(params long[] shape) => Aten.Reshape.Call(this, shape);

    /// <summary>Axes in another order.</summary>
    public Tensor Permute(params long[] axes) => Aten.Permute.Call(this, axes);

    /// <summary>Two axes exchanged.</summary>
    public Tensor Transpose(int first, int second) => Aten.Transpose.Call(this, first, second);

    /// <summary>Axes from first to last joined into one.</summary>
    public Tensor Flatten(int first = 0, int last = -1) => Aten.Flatten.Call(this, first, last);

    /// <summary>A new axis of length one.</summary>
    public Tensor Unsqueeze(int axis) => Aten.Unsqueeze.Call(this, axis);

    /// <summary>Without an axis of length one.</summary>
    public Tensor Squeeze(int axis) => Aten.Squeeze.Call(this, axis);

    /// <summary>Axes of length one repeated without a copy; -1 keeps a length.</summary>
    public Tensor Expand(params long[] shape) => Aten.Expand.Call(this, shape);

    /// <summary>Copies side by side along each axis.</summary>
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

    /// <summary>Rows of an axis picked by a tensor of positions.</summary>
    public Tensor IndexSelect(int axis, Tensor positions) => Aten.IndexSelect.Call(this, axis, positions);

    /// <summary>Elements picked along an axis: positions have this tensor's rank.</summary>
    public Tensor Gather(int axis, Tensor positions) => Aten.Gather.Call(this, axis, positions);

    /// <summary>A copy with elements written along an axis.</summary>
    public Tensor Scatter(int axis, Tensor positions, Tensor values) => Aten.Scatter.Call(this, axis, positions, values);

    /// <summary>Elements picked by tensors of positions or masks, one for each leading axis; null takes a whole axis.</summary>
    public Tensor Index(params Tensor?[] positions) => Aten.Index.Call(this, Argument.Indices(positions));

    /// <summary>Positions of the non-zero elements, K×rank.</summary>
    public Tensor NonZero() => Aten.NonZero.Call(this);

    /// <summary>Integers from 0 to classes-1 as rows of zeros with a one.</summary>
    public Tensor OneHot(long classes) => Aten.OneHot.Call(this, classes);

    /// <summary>Zeros (or a value) added around the last axes: left, right, top, bottom, …</summary>
    public Tensor Pad(long[] amounts, double value = 0) => Aten.Pad.Call(this, amounts, value);

    /// <summary>Positions along axes in reverse order.</summary>
    public Tensor Flip(params long[] axes) => Aten.Flip.Call(this, axes);

    /// <summary>Tensors joined along an axis.</summary>
    public static Tensor Cat(Tensor[] parts, int axis) => Aten.Cat.Call(parts, axis);

    /// <summary>Tensors of one shape joined along a new axis.</summary>
    public static Tensor Stack(Tensor[] parts, int axis = 0) => Aten.Stack.Call(parts, axis);

    /// <summary>The same values in another element type (this tensor's own copy unless nothing changes).</summary>
    public Tensor To(DType type) => Aten.ToType.Call(this, type);

    /// <summary>The same values on another device.</summary>
    public Tensor To(string device) => Aten.ToDevice.Call(this, Argument.OnDevice(device), DType);

    /// <summary>The same values in another memory format.</summary>
    public Tensor To(MemoryFormat format) => Aten.Contiguous.Call(this, format);

    /// <summary>Dense in C order.</summary>
    public Tensor Contiguous() => Aten.Contiguous.Call(this);

    /// <summary>A copy.</summary>
    public Tensor Clone() => Aten.Clone.Call(this);

    /// <summary>The same memory without a history of gradients.</summary>
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
