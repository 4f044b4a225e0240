namespace Graft.Torch.Tests.Tensors;

/// <summary>Operators called by their schema names.</summary>
public class OperatorTests
{
    [Fact]
    public void Operators_TakeDefaultsForOmittedArguments()
    {
        using TensorScope scope = TensorScope.Begin();
        Operator add = new("aten::add", "Tensor");
        Expect.Values(add.Call(Tensor.Ones(1), Tensor.Ones(1)), [1], 2);
        Expect.Values(add.Call(Tensor.Ones(1), Tensor.Ones(1), 3), [1], 4);
    }

    [Fact]
    public void UnknownOperators_AreRefusedAtTheFirstCall()
    {
        Operator unknown = new("aten::no_such_operator");
        Expect.Refusal("aten::no_such_operator", "Could not find schema", () => unknown.Call(1));
    }

    [Fact]
    public void ArgumentsThatAreMissingOrOfAnotherType_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Expect.Refusal("aten::matmul", "argument 'other' is missing", () => new Operator("aten::matmul").Call(Tensor.Ones(2)));
        Expect.Refusal("aten::relu", "", () => new Operator("aten::relu").Call("text"));
    }

    [Fact]
    public void SeveralResults_ComeInOrder_MissingOnesAsNull()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] results = new Operator("aten::unbind", "int").CallMany(Tensor.From([1f, 2, 3]), 0);
        Assert.Equal([1.0, 2, 3], results.Select(result => result.ToDouble()));
    }

    [Fact]
    public void OperatorsWithoutATensor_ReportThatTheyReturnNone()
    {
        using Tensor tensor = Tensor.Ones(1);
        GraftException error = Assert.Throws<GraftException>(() => new Operator("aten::is_floating_point").Call(tensor));
        Assert.Equal("aten::is_floating_point returned no tensor.", error.Message);
    }

    [Fact]
    public void FailedCalls_LeaveNoTensorBehind()
    {
        using Tensor a = Tensor.Ones(2), b = Tensor.Ones(3);
        long before = Tensor.Live;
        for (int i = 0; i < 20; i++)
        {
            Assert.Throws<GraftException>(() => _ = a + b);
        }

        Assert.Equal(before, Tensor.Live);
    }

    [Fact]
    public void Arguments_AreRecorded()
    {
        using TensorScope scope = TensorScope.Begin();
        using OperationRecorder recorder = new();
        Tensor x = Tensor.Ones(2, 3), y = x.Narrow(1, 1, 2), z = Tensor.Cat([x, y], 1);
        Operation narrow = recorder.Operations[1], cat = recorder.Operations[2];
        Assert.Equal(["aten::ones", "aten::narrow", "aten::cat"], recorder.Operations.Select(operation => operation.Name));
        Assert.Same(x, narrow.Inputs[0].Tensor);
        Assert.Equal([1L, 1L, 2L], narrow.Inputs[1..].Select(input => input.Value));
        Assert.Equal([x, y], cat.Inputs[0].Tensors);
        Assert.Equal([2L, 5], cat.OutputShapes[0]);
        Assert.Same(z, cat.Outputs[0]);
    }
}
