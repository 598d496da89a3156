using TorchSharp.Modules;
using static TorchSharp.torch;

namespace IdcFunctions.Training.Onnx;

/// <summary>A network's parameters as arrays, norms folded.</summary>
internal static class Parameters
{
    /// <summary>A tensor's values.</summary>
    public static float[] Values(Tensor tensor) => tensor.detach().cpu().contiguous().data<float>().ToArray();

    /// <summary>A norm as value · scale + shift.</summary>
    public static (float[] Scale, float[] Shift) Affine(BatchNorm2d norm)
    {
        var (weight, bias, mean, variance) = (Values(norm.weight!), Values(norm.bias!), Values(norm.running_mean!), Values(norm.running_var!));
        var scale = weight.Select((value, i) => (float)(value / Math.Sqrt(variance[i] + norm.eps))).ToArray();
        return (scale, [.. bias.Select((value, i) => value - (mean[i] * scale[i]))]);
    }

    /// <summary>A convolution's weights and bias, with the norm after it where there is one.</summary>
    public static (float[] Weights, float[] Bias) Folded(Conv2d convolution, BatchNorm2d? norm)
    {
        var weights = Values(convolution.weight!);
        var bias = new float[convolution.weight!.shape[0]];
        if (norm is null)
        {
            return (weights, bias);
        }

        var (scale, shift) = Affine(norm);
        var perOutput = weights.Length / bias.Length;
        return ([.. weights.Select((weight, i) => weight * scale[i / perOutput])], shift);
    }
}
